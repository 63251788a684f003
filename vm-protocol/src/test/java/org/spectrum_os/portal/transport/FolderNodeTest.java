// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Names in a folder that is open as a reference. */
@Timeout(60)
class FolderNodeTest {
    private static final int EISDIR = 21;
    private static final int ENOTEMPTY = 39;

    @TempDir
    Path temporary;

    private Path folder = Path.of("/");
    private Descriptor open;

    @BeforeEach
    void prepare() throws Exception {
        folder = temporary.toRealPath();
        open = FileNode.openFolder(folder);
    }

    @AfterEach
    void close() {
        open.close();
    }

    private static byte[] bytes(String name) {
        return name.getBytes(UTF_8);
    }

    private static void assertErrno(int errno, Executable call) {
        assertEquals(errno, assertThrows(ErrnoException.class, call).errno());
    }

    @Test
    void anUnnamedFileGetsANameOnce() throws Exception {
        try (Descriptor unnamed = FileNode.unnamedFile(folder)) {
            assertEquals(0, FileNode.status(unnamed).links());
            FolderNode.link(unnamed, open, "näme");
            assertTrue(Files.isRegularFile(folder.resolve("näme")));
            assertEquals(1, FileNode.status(unnamed).links());
            assertErrno(ErrnoException.EEXIST, () -> FolderNode.link(unnamed, open, "näme"));
        }
    }

    @Test
    void foldersAreMadeAndOnlyEmptyOnesRemoved() throws Exception {
        FolderNode.makeFolder(open, bytes("inner"), 0700);
        assertEquals(0700, (int) Files.getAttribute(folder.resolve("inner"), "unix:mode") & 0777);
        Files.createFile(folder.resolve("inner/file"));
        assertErrno(ENOTEMPTY, () -> FolderNode.removeFolder(open, bytes("inner")));
        assertErrno(EISDIR, () -> FolderNode.unlink(open, bytes("inner")));
        Files.delete(folder.resolve("inner/file"));
        FolderNode.removeFolder(open, bytes("inner"));
        assertFalse(Files.exists(folder.resolve("inner")));
    }

    @Test
    void namesMoveBetweenFoldersAndReplace() throws Exception {
        Files.createDirectory(folder.resolve("inner"));
        Files.writeString(folder.resolve("a"), "new");
        Files.writeString(folder.resolve("inner/b"), "old");
        try (Descriptor inner = FileNode.openFolder(folder.resolve("inner"))) {
            FolderNode.rename(open, "a", inner, "b");
        }
        assertEquals("new", Files.readString(folder.resolve("inner/b")));
        assertFalse(Files.exists(folder.resolve("a")));
        assertErrno(ErrnoException.ENOENT, () -> FolderNode.rename(open, "a", open, "c"));
    }

    @Test
    void aLinkIsMadeReadAndRemovedButNeverFollowed() throws Exception {
        Files.writeString(folder.resolve("target"), "x");
        byte[] odd = "t\u00e9\u00ff".getBytes(ISO_8859_1);
        FolderNode.makeLink(open, bytes("link"), bytes("target"));
        FolderNode.makeLink(open, bytes("odd"), odd);
        assertArrayEquals(bytes("target"), FolderNode.readLink(open, bytes("link")));
        try (Descriptor link = FileNode.openBeneath(open, "odd", OpenFlags.REFERENCE | OpenFlags.NO_FOLLOW)) {
            assertArrayEquals(odd, FolderNode.readLink(link));
        }
        FolderNode.unlink(open, "link");
        assertTrue(Files.exists(folder.resolve("target")));
        assertFalse(Files.exists(folder.resolve("link"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void whatIsNoNameIsNotPassedToTheKernel() {
        for (String name : List.of("", ".", "..", "a/b", "/", "a\0b")) {
            assertThrows(IllegalArgumentException.class, () -> FolderNode.unlink(open, name), name);
            assertThrows(IllegalArgumentException.class, () -> FolderNode.makeFolder(open, bytes(name), 0755), name);
            assertThrows(IllegalArgumentException.class, () -> FolderNode.rename(open, "a", open, name), name);
        }
        assertErrno(ErrnoException.ENAMETOOLONG, () -> FolderNode.unlink(open, "n".repeat(256)));
    }
}
