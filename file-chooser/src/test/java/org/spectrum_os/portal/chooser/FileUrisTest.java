// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class FileUrisTest {
    @Test
    void writesAnAwkwardNameAsGlibDoes() {
        assertEquals(
                "file:///run/portal/a1/%C3%9Cn%C3%AFcode%20&%20%22quotes%22%20100%25.txt",
                FileUris.of("/run/portal/a1/Ünïcode & \"quotes\" 100%.txt"));
    }

    /** The list is what {@code g_filename_to_uri} leaves alone, found by trying each ASCII character. */
    @Test
    void keepsExactlyWhatGlibKeeps() {
        String kept = "!$&'()*+,-./0123456789:=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";
        for (char c = 1; c < 128; c++) {
            String expected = kept.indexOf(c) >= 0 ? String.valueOf(c) : "%%%02X".formatted((int) c);
            assertEquals("file:///" + expected, FileUris.of("/" + c), "character " + (int) c);
        }
    }

    @Test
    void escapesBeyondTheBasicPlane() {
        assertEquals("file:///%F0%9F%97%9D", FileUris.of("/🗝"));
    }

    @Test
    void refusesRelativePaths() {
        assertThrows(IllegalArgumentException.class, () -> FileUris.of("a/b"));
    }
}
