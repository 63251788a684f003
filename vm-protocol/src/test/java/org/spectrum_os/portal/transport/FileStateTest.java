// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a file is besides its content, changed through a descriptor or a mere reference. */
@Timeout(60)
class FileStateTest {
    private static final int EINVAL = 22;

    @TempDir
    Path temporary;

    private Path file = Path.of("/");

    @BeforeEach
    void prepare() throws Exception {
        file = Files.writeString(temporary.toRealPath().resolve("file"), "0123456789");
    }

    private Descriptor reference() throws Exception {
        try (Descriptor folder = FileNode.openFolder(temporary.toRealPath())) {
            return FileNode.openBeneath(folder, "file", OpenFlags.REFERENCE | OpenFlags.NO_FOLLOW);
        }
    }

    @Test
    void modeIsChangedThroughEither() throws Exception {
        try (Descriptor open = FileNode.openForReading(file);
                Descriptor reference = reference()) {
            FileState.changeMode(open, 0640);
            assertEquals(0640, FileNode.status(reference).permissions());
            FileState.changeModeOfReference(reference, 0604);
            assertEquals(0604, FileNode.status(open).permissions());
            // EBADF: a reference is not open.
            assertEquals(
                    9,
                    assertThrows(ErrnoException.class, () -> FileState.changeMode(reference, 0600))
                            .errno());
        }
    }

    @Test
    void lengthIsChangedThroughEither() throws Exception {
        try (Descriptor open = FileNode.openForWriting(file);
                Descriptor reading = FileNode.openForReading(file);
                Descriptor reference = reference()) {
            FileState.truncateOpen(open, 4);
            assertEquals("0123", Files.readString(file));
            FileState.truncate(reference, 6);
            assertEquals("0123\0\0", Files.readString(file));
            assertEquals(
                    EINVAL,
                    assertThrows(ErrnoException.class, () -> FileState.truncateOpen(reading, 0))
                            .errno());
        }
    }

    @Test
    void groupIsSetToOnesOwn() throws Exception {
        try (Descriptor open = FileNode.openForReading(file)) {
            int group = FileNode.status(open).group();
            FileState.changeGroup(open, group);
            assertEquals(group, FileNode.status(open).group());
        }
    }

    @Test
    void timesAreSetLeftOrTakenFromTheClock() throws Exception {
        Instant early = Instant.parse("1961-04-12T06:07:00.000000001Z");
        try (Descriptor reference = reference()) {
            FileState.setTimes(
                    reference,
                    new FileState.Time.At(12, 34),
                    new FileState.Time.At(early.getEpochSecond(), early.getNano()));
            assertEquals(
                    Instant.ofEpochSecond(12, 34), FileNode.status(reference).accessed());
            assertEquals(early, FileNode.status(reference).modified());
            FileState.setTimes(reference, new FileState.Time.Now(), null);
            assertEquals(early, FileNode.status(reference).modified());
            Duration age = Duration.between(FileNode.status(reference).accessed(), Instant.now());
            assertTrue(age.abs().toMinutes() < 1, age.toString());
            assertEquals(
                    EINVAL,
                    assertThrows(
                                    ErrnoException.class,
                                    () -> FileState.setTimes(reference, null, new FileState.Time.At(0, 1_000_000_000)))
                            .errno());
        }
    }

    @Test
    void spaceIsThatOfTheFileSystem() throws Exception {
        try (Descriptor reference = reference()) {
            FileState.Space space = FileState.space(reference);
            assertEquals(Files.getFileStore(file).getTotalSpace(), space.blocks() * space.blockBytes());
            assertTrue(space.free() <= space.blocks() && space.available() <= space.free(), space.toString());
            assertEquals(255, space.nameBytes());
        }
    }
}
