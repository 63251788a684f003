// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

/** Rewrites shell patterns so that they match without regard to case, which GTK's file filters do not do by themselves. */
public final class Globs {
    private Globs() {}

    /** {@code *.png} becomes {@code *.[pP][nN][gG]}; within brackets, letters and ranges of letters gain their other case. */
    public static String ignoringCase(String glob) {
        var out = new StringBuilder(glob.length() * 4);
        int at = 0;
        while (at < glob.length()) {
            int codePoint = glob.codePointAt(at);
            int next = at + Character.charCount(codePoint);
            int end = codePoint == '[' ? endOfSet(glob, at) : -1;
            if (end > 0) {
                set(out, glob.substring(at + 1, end));
                next = end + 1;
            } else if (codePoint == '\\' && next < glob.length()) {
                int escaped = glob.codePointAt(next);
                next += Character.charCount(escaped);
                if (otherCase(escaped) == escaped) {
                    out.append('\\').appendCodePoint(escaped);
                } else {
                    either(out, escaped);
                }
            } else if (otherCase(codePoint) != codePoint) {
                either(out, codePoint);
            } else {
                out.appendCodePoint(codePoint);
            }
            at = next;
        }
        return out.toString();
    }

    /** Where the set that opens at {@code start} closes, or -1 if it does not; a bracket right at its beginning is a member. */
    private static int endOfSet(String glob, int start) {
        int first = start + 1;
        if (first < glob.length() && (glob.charAt(first) == '!' || glob.charAt(first) == '^')) {
            first++;
        }
        return glob.indexOf(']', first + 1);
    }

    private static void set(StringBuilder out, String members) {
        out.append('[').append(members);
        int[] points = members.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            boolean range = i + 2 < points.length && points[i + 1] == '-';
            int last = range ? points[i + 2] : points[i];
            if (otherCase(points[i]) != points[i] && otherCase(last) != last) {
                out.appendCodePoint(otherCase(points[i]));
                if (range) {
                    out.append('-').appendCodePoint(otherCase(last));
                }
            }
            i += range ? 2 : 0;
        }
        out.append(']');
    }

    private static void either(StringBuilder out, int letter) {
        out.append('[')
                .appendCodePoint(letter)
                .appendCodePoint(otherCase(letter))
                .append(']');
    }

    private static int otherCase(int codePoint) {
        int lower = Character.toLowerCase(codePoint);
        return lower == codePoint ? Character.toUpperCase(codePoint) : lower;
    }
}
