// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus.marshal;

import java.util.ArrayList;
import java.util.List;

/** Signatures as the D-Bus specification defines them: at most 255 bytes, 32 arrays and 32 structs deep. Pure. */
public final class Types {
    private static final int MAX_LENGTH = 255;
    private static final int MAX_DEPTH = 32;
    private static final String BASIC = "ybnqiuxtdsogh";

    private Types() {}

    /**
     * The complete types of a signature, in order.
     *
     * @throws MarshalException when it is no valid signature
     */
    public static List<String> split(String signature) throws MarshalException {
        if (signature.length() > MAX_LENGTH) {
            throw invalid(signature);
        }
        List<String> types = new ArrayList<>();
        for (int at = 0; at < signature.length(); ) {
            int end = end(signature, at, 0, 0);
            types.add(signature.substring(at, end));
            at = end;
        }
        return types;
    }

    /** Throws unless the text is exactly one complete type. */
    public static String requireSingle(String type) throws MarshalException {
        if (type.length() == 1 && (type.equals("v") || BASIC.contains(type))) {
            return type;
        }
        if (split(type).size() != 1) {
            throw new MarshalException("'" + type + "' is not one complete D-Bus type");
        }
        return type;
    }

    /** The types inside {@code (…)} or {@code {…}}, of a type that is valid. */
    public static List<String> members(String type) throws MarshalException {
        return split(type.substring(1, type.length() - 1));
    }

    /** The element type of an array type that is valid; for a dictionary that is its entry, {@code {kv}}. */
    public static String element(String arrayType) {
        return arrayType.substring(1);
    }

    /** Where a value of the type has to begin: a multiple of 1, 2, 4 or 8. */
    public static int alignment(String type) {
        return alignment(type.charAt(0));
    }

    static int alignment(char first) {
        return switch (first) {
            case 'y', 'g', 'v' -> 1;
            case 'n', 'q' -> 2;
            case 'x', 't', 'd', '(', '{' -> 8;
            default -> 4;
        };
    }

    /** Where the complete type ends that begins at {@code at}, in a signature that is valid. */
    static int end(String signature, int at) throws MarshalException {
        return signature.charAt(at) == '{' ? entryEnd(signature, at, 1, 0) : end(signature, at, 0, 0);
    }

    private static int end(String signature, int at, int arrays, int structs) throws MarshalException {
        if (at >= signature.length() || arrays > MAX_DEPTH || structs > MAX_DEPTH) {
            throw invalid(signature);
        }
        char first = signature.charAt(at);
        if (first == 'a') {
            return at + 1 < signature.length() && signature.charAt(at + 1) == '{'
                    ? entryEnd(signature, at + 1, arrays + 1, structs)
                    : end(signature, at + 1, arrays + 1, structs);
        }
        if (first == '(') {
            int next = at + 1;
            do {
                next = end(signature, next, arrays, structs + 1);
            } while (next < signature.length() && signature.charAt(next) != ')');
            return close(signature, next, ')');
        }
        if (first != 'v' && BASIC.indexOf(first) < 0) {
            throw invalid(signature);
        }
        return at + 1;
    }

    private static int entryEnd(String signature, int at, int arrays, int structs) throws MarshalException {
        if (at + 1 >= signature.length() || BASIC.indexOf(signature.charAt(at + 1)) < 0) {
            throw invalid(signature);
        }
        return close(signature, end(signature, at + 2, arrays, structs), '}');
    }

    private static int close(String signature, int at, char expected) throws MarshalException {
        if (at >= signature.length() || signature.charAt(at) != expected) {
            throw invalid(signature);
        }
        return at + 1;
    }

    private static MarshalException invalid(String signature) {
        return new MarshalException("'" + signature + "' is no valid D-Bus signature");
    }
}
