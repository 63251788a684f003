// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Opening what the user chose, and nothing that somebody put in its place. */
@Timeout(60)
class FileNodeTest {
    @TempDir
    Path temporary;

    private Path folder = Path.of("/");
    private Path file = Path.of("/");

    @BeforeEach
    void prepare() throws IOException {
        folder = temporary.toRealPath();
        file = Files.writeString(folder.resolve("Ünïcode & \"quotes\" 100%.txt"), "0123456789");
    }

    @Test
    void statusIsWhatTheKernelSays() throws Exception {
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2021-02-03T04:05:06.123456789Z")));
        for (Path path : java.util.List.of(file, folder)) {
            try (Descriptor open = FileNode.openForReading(path)) {
                FileNode.Status status = FileNode.status(open);
                assertEquals(Files.getAttribute(path, "unix:ino"), status.inode());
                assertEquals(Files.getAttribute(path, "unix:mode"), status.mode());
                assertEquals(Files.getAttribute(path, "unix:size"), status.size());
                long device = (long) Files.getAttribute(path, "unix:dev");
                assertEquals((device >> 8) & 0xfff, status.device() >>> 32);
                assertEquals((device & 0xff) | ((device >> 12) & ~0xffL), status.device() & 0xffff_ffffL);
                assertEquals(Files.getLastModifiedTime(path).toInstant(), status.modified());
                assertEquals(((FileTime) Files.getAttribute(path, "unix:ctime")).toInstant(), status.changed());
                assertEquals(Files.isDirectory(path), status.isDirectory());
                assertEquals(Files.isRegularFile(path), status.isRegularFile());
            }
        }
    }

    @Test
    void noLinkIsFollowedAnywhereInThePath() throws Exception {
        Path last = Files.createSymbolicLink(folder.resolve("last"), file);
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Files.writeString(inside.resolve("x"), "x");
        Path middle = Files.createSymbolicLink(folder.resolve("middle"), inside).resolve("x");
        for (Path path : java.util.List.of(last, middle, Path.of("/proc/self/cwd"))) {
            assertEquals(
                    ErrnoException.ELOOP,
                    assertThrows(ErrnoException.class, () -> FileNode.openForReading(path))
                            .errno());
        }
        assertEquals(
                ErrnoException.ENOENT,
                assertThrows(ErrnoException.class, () -> FileNode.openForReading(folder.resolve("none")))
                        .errno());
        assertThrows(IllegalArgumentException.class, () -> FileNode.openForReading(Path.of("relative")));
    }

    @Test
    void aFifoDoesNotHoldTheOpener() throws Exception {
        Path fifo = folder.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        try (Descriptor open = FileNode.openForReading(fifo)) {
            assertFalse(FileNode.status(open).isRegularFile());
        }
    }

    @Test
    void readsAtAnyOffset() throws Exception {
        try (Descriptor open = FileNode.openForReading(file);
                Arena arena = Arena.ofConfined()) {
            MemorySegment four = arena.allocate(4);
            assertEquals(4, FileContent.read(open, four, 3));
            assertEquals('3', four.get(ValueLayout.JAVA_BYTE, 0));
            assertEquals(2, FileContent.read(open, four, 8));
            assertEquals(0, FileContent.read(open, four, 10));
            assertThrows(ErrnoException.class, () -> FileContent.read(open, four, -1));
        }
    }

    @Test
    void tellsReadOnlyDescriptorsFromOthers() throws Exception {
        try (Descriptor open = FileNode.openForReading(file)) {
            assertTrue(FileNode.isReadOnly(open));
        }
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection here = ends.first();
                Connection there = ends.second()) {
            assertFalse(FileNode.isReadOnly(here.descriptor()));
            assertFalse(FileNode.isReadOnly(there.descriptor()));
        }
    }

    @Test
    void aClosedDescriptorHasNoNumber() throws Exception {
        Descriptor open = FileNode.openForReading(file);
        open.close();
        open.close();
        assertThrows(IllegalStateException.class, open::number);
        assertThrows(IllegalArgumentException.class, () -> new Descriptor(-1));
    }
}
