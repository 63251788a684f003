// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus.marshal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Values of any type in either byte order, written without the code under test. */
final class RandomBodies {
    private static final String BASIC = "ybnqiuxtdsog";
    private static final List<String> TEXTS = List.of("", "a", "öffnen", "x".repeat(300), "\uD83D\uDE00", "a/../b\n");
    private static final List<String> SIGNATURES = List.of("", "s", "a{sv}", "(ii)as", "h");

    private final Random random;
    private final ByteOrder order;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    RandomBodies(Random random, ByteOrder order) {
        this.random = random;
        this.order = order;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /** A complete type that holds no descriptor. */
    static String type(Random random, int depth) {
        int kind = random.nextInt(depth > 3 ? 12 : 18);
        if (kind < 12) {
            return String.valueOf(BASIC.charAt(kind));
        }
        return switch (kind) {
            case 12, 13 -> "v";
            case 14 -> "a" + type(random, depth + 1);
            case 15 -> "a{" + BASIC.charAt(random.nextInt(BASIC.length())) + type(random, depth + 1) + "}";
            default -> {
                var struct = new StringBuilder("(");
                for (int i = random.nextInt(3); i >= 0; i--) {
                    struct.append(type(random, depth + 1));
                }
                yield struct.append(')').toString();
            }
        };
    }

    /** Writes a value of the type that begins at {@code at}, and returns where that type ends. */
    int value(String type, int at, int depth) {
        switch (type.charAt(at)) {
            case 'y' -> out.write(random.nextInt());
            case 'b' -> int32(random.nextInt(2));
            case 'n', 'q' -> number(2, random.nextLong());
            case 'i', 'u' -> int32(random.nextInt());
            case 'x', 't' -> number(8, random.nextLong());
            case 'd' ->
                number(8, random.nextBoolean() ? 0x7ff0_0000_0000_0000L | random.nextLong() : random.nextLong());
            case 's' -> text(TEXTS.get(random.nextInt(TEXTS.size())));
            case 'o' -> text(random.nextBoolean() ? "/" : "/a/b_9");
            case 'g' -> signature(SIGNATURES.get(random.nextInt(SIGNATURES.size())));
            case 'v' -> {
                String inner = depth > 6 ? "y" : type(random, 2);
                signature(inner);
                value(inner, 0, depth + 1);
            }
            case 'a' -> {
                return array(type, at + 1, depth);
            }
            default -> {
                pad(8);
                int member = at + 1;
                while (type.charAt(member) != ')' && type.charAt(member) != '}') {
                    member = value(type, member, depth + 1);
                }
                return member + 1;
            }
        }
        return at + 1;
    }

    private int array(String type, int element, int depth) {
        pad(4);
        int lengthAt = out.size();
        int32(0);
        pad("nq".indexOf(type.charAt(element)) >= 0 ? 2 : "xtd({".indexOf(type.charAt(element)) >= 0 ? 8 : 1);
        int start = out.size();
        for (int left = random.nextInt(depth > 3 ? 2 : 4); left > 0; left--) {
            value(type, element, depth + 1);
        }
        byte[] all = out.toByteArray();
        ByteBuffer.wrap(all).order(order).putInt(lengthAt, all.length - start);
        out.reset();
        out.writeBytes(all);
        // The end of the element's type, whether or not there was an element.
        return new RandomBodies(new Random(0), order).value(type, element, depth + 1);
    }

    private void signature(String signature) {
        out.write(signature.length());
        out.writeBytes(signature.getBytes(StandardCharsets.US_ASCII));
        out.write(0);
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int32(bytes.length);
        out.writeBytes(bytes);
        out.write(0);
    }

    private void int32(int value) {
        number(4, value);
    }

    private void number(int size, long value) {
        pad(size);
        for (int i = 0; i < size; i++) {
            int shift = order == ByteOrder.LITTLE_ENDIAN ? 8 * i : 8 * (size - 1 - i);
            out.write((int) (value >>> shift));
        }
    }

    private void pad(int to) {
        while (out.size() % to != 0) {
            out.write(0);
        }
    }
}
