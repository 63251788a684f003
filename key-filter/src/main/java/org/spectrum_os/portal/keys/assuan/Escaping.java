// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.assuan;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Assuan's escaping: a percent sign and two hexadecimal digits stand for a byte. */
public final class Escaping {
    private Escaping() {}

    /** A byte as it stands in a data line. */
    static String escaped(byte one) {
        return switch (one) {
            case '%' -> "%25";
            case '\r' -> "%0D";
            case '\n' -> "%0A";
            default -> String.valueOf((char) Byte.toUnsignedInt(one));
        };
    }

    /**
     * The bytes that a data line stands for.
     *
     * @param line one character, 0 to 255, for each byte
     * @throws MalformedAssuanException if a percent sign has no two hexadecimal digits after it
     */
    public static byte[] unescape(String line) throws MalformedAssuanException {
        var bytes = new ByteArrayOutputStream(line.length());
        for (int i = 0; i < line.length(); i++) {
            char one = line.charAt(i);
            if (one != '%') {
                bytes.write(one);
                continue;
            }
            int high = digitAt(line, i + 1);
            int low = digitAt(line, i + 2);
            if (high < 0 || low < 0) {
                throw new MalformedAssuanException("a percent sign without two hexadecimal digits");
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        return bytes.toByteArray();
    }

    /**
     * A text as an argument where plus signs stand for spaces too, as in SETKEYDESC. Bytes beyond ASCII stay as they are: gpg-agent takes
     * a percent sign and a letter for something else.
     *
     * @return one character, 0 to 255, for each byte
     */
    public static String argument(String text) {
        var escaped = new StringBuilder();
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            int value = Byte.toUnsignedInt(one);
            if (value == ' ') {
                escaped.append('+');
            } else if (value < ' ' || value == '+' || value == '%' || value == '"' || value == 0x7f) {
                escaped.append(String.format("%%%02X", value));
            } else {
                escaped.append((char) value);
            }
        }
        return escaped.toString();
    }

    private static int digitAt(String line, int index) {
        return index < line.length() ? digit(line.charAt(index)) : -1;
    }

    private static int digit(char one) {
        return one < 128 ? Character.digit(one, 16) : -1;
    }
}
