// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.ArrayList;
import java.util.List;

/** Takes type signatures apart, by the rules and limits of the D-Bus specification (255 bytes, 32 arrays and 32 structs deep). */
final class Signatures {
    private static final int MAX_LENGTH = 255;
    private static final int MAX_DEPTH = 32;
    private static final String BASIC = "ybnqiuxtdsogh";

    private Signatures() {}

    /** The complete types of a signature, in order. */
    static List<String> split(String signature) {
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
    static String requireSingle(String type) {
        if (split(type).size() != 1) {
            throw new IllegalArgumentException("'" + type + "' is not one complete D-Bus type");
        }
        return type;
    }

    /** The types inside {@code (…)} or {@code {…}}. */
    static List<String> members(String type) {
        return split(type.substring(1, type.length() - 1));
    }

    private static int end(String signature, int at, int arrays, int structs) {
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

    private static int entryEnd(String signature, int at, int arrays, int structs) {
        if (at + 1 >= signature.length() || BASIC.indexOf(signature.charAt(at + 1)) < 0) {
            throw invalid(signature);
        }
        return close(signature, end(signature, at + 2, arrays, structs), '}');
    }

    private static int close(String signature, int at, char expected) {
        if (at >= signature.length() || signature.charAt(at) != expected) {
            throw invalid(signature);
        }
        return at + 1;
    }

    private static IllegalArgumentException invalid(String signature) {
        return new IllegalArgumentException("'" + signature + "' is no valid D-Bus signature");
    }
}
