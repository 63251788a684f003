// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What data is, by the bytes that such data begins with. A hint: anybody can begin anything so. */
final class DataType {
    /**
     * One kind.
     *
     * @param at    where the bytes stand
     * @param bytes one character of ISO 8859-1 each
     * @param title in our own words
     */
    private record Magic(int at, String bytes, String title) {
        boolean fits(byte[] head) {
            byte[] expected = bytes.getBytes(ISO_8859_1);
            return head.length >= at + expected.length
                    && Arrays.equals(head, at, at + expected.length, expected, 0, expected.length);
        }
    }

    /** The first that fits counts. */
    private static final List<Magic> ALL = List.of(
            new Magic(0, "%PDF-", "PDF document"),
            new Magic(0, "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1", "old Microsoft Office document"),
            new Magic(0, "PK\3\4", "Zip archive"),
            new Magic(0, "PK\5\6", "empty Zip archive"),
            new Magic(0, "\u001f\u008b", "gzip data"),
            new Magic(0, "\u00fd7zXZ\0", "xz data"),
            new Magic(0, "(\u00b5/\u00fd", "Zstandard data"),
            new Magic(0, "BZh", "bzip2 data"),
            new Magic(0, "7z\u00bc\u00af'\u001c", "7-Zip archive"),
            new Magic(257, "ustar", "tar archive"),
            new Magic(0, "!<arch>\ndebian-binary", "Debian package"),
            new Magic(0, "!<arch>\n", "archive of ar"),
            new Magic(0, "\u00ed\u00ab\u00ee\u00db", "RPM package"),
            new Magic(0, "\u0089PNG\r\n\u001a\n", "PNG picture"),
            new Magic(0, "\u00ff\u00d8\u00ff", "JPEG picture"),
            new Magic(0, "GIF8", "GIF picture"),
            new Magic(8, "WEBP", "WebP picture"),
            new Magic(0, "II*\0", "TIFF picture"),
            new Magic(0, "MM\0*", "TIFF picture"),
            new Magic(4, "ftyp", "MPEG-4 or HEIF media"),
            new Magic(0, "OggS", "Ogg media"),
            new Magic(0, "fLaC", "FLAC sound"),
            new Magic(0, "ID3", "MP3 sound"),
            new Magic(0, "\u001aE\u00df\u00a3", "Matroska or WebM media"),
            new Magic(0, "\u007fELF", "ELF program"),
            new Magic(0, "MZ", "Windows program"),
            new Magic(0, "\u00ca\u00fe\u00ba\u00be", "Java class or macOS program"),
            new Magic(0, "\u00cf\u00fa\u00ed\u00fe", "macOS program"),
            new Magic(0, "\0asm", "WebAssembly program"),
            new Magic(0, "SQLite format 3\0", "SQLite database"),
            new Magic(0, "# v2 git bundle\n", "bundle of git"),
            new Magic(0, "# v3 git bundle\n", "bundle of git"),
            new Magic(0, "PACK\0\0\0", "pack of git"),
            new Magic(512, "EFI PART", "disk image"),
            new Magic(510, "U\u00aa", "disk image"),
            new Magic(32_769, "CD001", "disc image (ISO 9660)"));

    private DataType() {}

    /** Empty if it looks like nothing known. */
    static Optional<String> of(byte[] head) {
        if (isOpenpgp(head)) {
            return Optional.of("OpenPGP data");
        }
        return ALL.stream().filter(one -> one.fits(head)).map(Magic::title).findFirst();
    }

    /**
     * A message or key as programs write them: an encrypted session key, a one-pass signature, a signature or a public key (RFC 9580, 4.2
     * and 5), whose body begins with its version.
     */
    private static boolean isOpenpgp(byte[] head) {
        if (head.length < 6 || head[0] >= 0) {
            return false;
        }
        boolean old = (head[0] & 0x40) == 0;
        int tag = old ? (head[0] & 0x3c) >> 2 : head[0] & 0x3f;
        int length = old ? head[0] & 3 : Byte.toUnsignedInt(head[1]);
        int body = old ? List.of(2, 3, 5, 1).get(length) : length < 192 ? 2 : length < 224 ? 3 : length == 255 ? 6 : 2;
        if (body >= head.length) {
            return false;
        }
        int version = head[body];
        return switch (tag) {
            case 1, 4 -> version == 3 || version == 6;
            case 2, 5, 6 -> version == 4 || version == 6;
            default -> false;
        };
    }
}
