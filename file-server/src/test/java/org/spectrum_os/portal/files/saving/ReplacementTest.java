// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.saving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileNode;

class ReplacementTest {
    private static final int EINVAL = 22;

    @TempDir
    Path temporary;

    private Path folder = Path.of("/");
    private Path file = Path.of("/");

    @BeforeEach
    void write() throws IOException {
        folder = temporary.toRealPath();
        file = Files.writeString(folder.resolve("file"), "old");
        Files.writeString(folder.resolve(".hidden"), "new");
    }

    private static FileNode.Status status(Descriptor folder) throws IOException {
        return FileNode.status(folder, "file".getBytes(StandardCharsets.UTF_8));
    }

    private void hostSaves() throws IOException {
        Path hosts = Files.writeString(folder.resolve("hosts"), "the host's");
        Files.move(hosts, file, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void theOldFileHasTheHiddenNameAfterwards() throws Exception {
        try (Descriptor open = FileNode.openFolder(folder)) {
            assertEquals(
                    Replacement.Outcome.REPLACED, Replacement.replace(open, ".hidden", "file", status(open), () -> {}));
        }
        assertEquals("new", Files.readString(file));
        assertEquals("old", Files.readString(folder.resolve(".hidden")));
    }

    @Test
    void anotherFileInItsPlaceStays() throws Exception {
        try (Descriptor open = FileNode.openFolder(folder)) {
            FileNode.Status old = status(open);
            hostSaves();
            assertEquals(
                    Replacement.Outcome.NOT_THE_OLD_FILE, Replacement.replace(open, ".hidden", "file", old, () -> {}));
            assertEquals("the host's", Files.readString(file));
            assertEquals("new", Files.readString(folder.resolve(".hidden")));
            Files.delete(file);
            assertEquals(
                    Replacement.Outcome.NOT_THE_OLD_FILE, Replacement.replace(open, ".hidden", "file", old, () -> {}));
            assertFalse(Files.exists(file));
        }
    }

    @Test
    void whereNamesCannotBeExchangedTheyAreRenamed() throws Exception {
        Replacement.Exchange cannot = (_, _, _) -> {
            throw new ErrnoException("renameat2", EINVAL);
        };
        try (Descriptor open = FileNode.openFolder(folder)) {
            FileNode.Status old = status(open);
            assertEquals(
                    Replacement.Outcome.REPLACED, Replacement.replace(open, ".hidden", "file", old, () -> {}, cannot));
            assertEquals("new", Files.readString(file));
            assertFalse(Files.exists(folder.resolve(".hidden")));
            Files.writeString(folder.resolve(".hidden"), "newer");
            assertEquals(
                    Replacement.Outcome.NOT_THE_OLD_FILE,
                    Replacement.replace(open, ".hidden", "file", old, () -> {}, cannot));
            assertEquals("new", Files.readString(file));
            assertThrows(
                    ErrnoException.class,
                    () -> Replacement.replace(open, ".hidden", "file", old, () -> {}, (_, _, _) -> {
                        throw new ErrnoException("renameat2", ErrnoException.EIO);
                    }));
        }
    }

    @Test
    void aHiddenNameThatBecameSomebodyElsesIsLeft() throws Exception {
        try (Descriptor open = FileNode.openFolder(folder)) {
            FileNode.Status other = status(open);
            Replacement.remove(open, ".hidden", other.device(), other.inode());
            assertEquals("new", Files.readString(folder.resolve(".hidden")));
            Replacement.remove(open, "file", other.device(), other.inode());
            assertFalse(Files.exists(file));
        }
    }
}
