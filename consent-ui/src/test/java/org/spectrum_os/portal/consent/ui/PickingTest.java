// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;

class PickingTest {
    @TempDir
    private Path folder;

    private static List<PickedFile> files(Picking.Result result) {
        return assertInstanceOf(Picking.Result.Files.class, result).files();
    }

    private static String refusal(Picking.Result result) {
        return assertInstanceOf(Picking.Result.Refused.class, result).why();
    }

    private Path file(String name) throws IOException {
        return Files.writeString(folder.resolve(name), name);
    }

    @Test
    void aFileIsPickedWithItsIdentity() throws IOException {
        Path file = file("Ünïcode & \"quotes\" 100%.txt");
        PickedFile picked = files(Picking.pick(List.of(file.toString()), false)).getFirst();
        assertEquals(file.toRealPath().toString(), picked.path());
        assertEquals(((Number) Files.getAttribute(file, "unix:ino")).longValue(), picked.inode());
        long device = ((Number) Files.getAttribute(file, "unix:dev")).longValue();
        long major = (device >> 8 & 0xfff) | (device >> 32 & ~0xfffL);
        long minor = (device & 0xff) | (device >> 12 & ~0xffL);
        assertEquals(major << 32 | (minor & 0xffffffffL), picked.device());
    }

    @Test
    void linksAreFollowedAndTheSameFileIsPickedOnce() throws IOException {
        Path file = file("real");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        List<PickedFile> picked = files(Picking.pick(List.of(link.toString(), file.toString()), true));
        assertEquals(
                List.of(file.toRealPath().toString()),
                picked.stream().map(PickedFile::path).toList());
    }

    @Test
    void whatIsNoFileIsRefusedInWords() throws IOException {
        Path folderInside = Files.createDirectory(folder.resolve("Pictures"));
        assertEquals(
                "“Pictures” is a folder, and only files can be lent. Choose a file.",
                refusal(Picking.pick(List.of(folderInside.toString()), false)));
        assertEquals(
                "“absent” is not there any more. Choose another file.",
                refusal(Picking.pick(List.of(folder.resolve("absent").toString()), false)));
        assertEquals(
                "“null” is not an ordinary file, and only files can be lent. Choose a file.",
                refusal(Picking.pick(List.of("/dev/null"), false)));
        assertEquals("No file is chosen. Choose one, or deny.", refusal(Picking.pick(List.of(), true)));
        assertTrue(refusal(Picking.pick(List.of("/a\0b"), false)).contains("cannot be lent"));
    }

    @Test
    void oneRefusalRefusesAll() throws IOException {
        refusal(Picking.pick(List.of(file("good").toString(), folder.toString()), true));
        refusal(Picking.pick(List.of(file("one").toString(), file("two").toString()), false));
        refusal(Picking.pick(Collections.nCopies(257, file("many").toString()), true));
    }
}
