// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.HexFormat;

/** Bytes as programmers read them: where they are, what they are, and which letter each would be. */
final class HexDump {
    private static final int OF_A_LINE = 16;

    private HexDump() {}

    /** Lines of 16 bytes. */
    static String of(String hexadecimal) {
        byte[] bytes = HexFormat.of().parseHex(hexadecimal);
        var dump = new StringBuilder();
        for (int start = 0; start < bytes.length; start += OF_A_LINE) {
            dump.append(start == 0 ? "" : "\n").append("%04x ".formatted(start));
            var letters = new StringBuilder();
            for (int at = start; at < start + OF_A_LINE; at++) {
                dump.append(at % (OF_A_LINE / 2) == 0 ? " " : "");
                dump.append(at < bytes.length ? "%02x ".formatted(bytes[at] & 0xff) : "   ");
                if (at < bytes.length) {
                    letters.append(bytes[at] >= ' ' && bytes[at] <= '~' ? (char) bytes[at] : '·');
                }
            }
            dump.append(' ').append(letters);
        }
        return dump.toString();
    }
}
