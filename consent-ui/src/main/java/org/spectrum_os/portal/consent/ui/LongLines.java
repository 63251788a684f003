// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

/**
 * Lines of a text that are too long to be laid out at once: Pango takes many seconds for one of 64 KiB if it is a single word, or changes
 * direction at each letter. A line that goes on below looks the same, since the view breaks lines as well.
 */
final class LongLines {
    /** UTF-16 units, about ten lines of the view. */
    private static final int MOST = 1000;
    /** How far back a space is looked for. */
    private static final int NEAR = 100;

    private LongLines() {}

    /** {@code text} with more line feeds, so that no line is longer than {@link #MOST}. */
    static String broken(String text) {
        var out = new StringBuilder(text.length() + text.length() / MOST);
        int start = 0;
        while (start < text.length()) {
            int feed = text.indexOf('\n', start);
            int end = feed < 0 ? text.length() : feed + 1;
            while (end - start > MOST + 1) {
                int cut = cut(text, start);
                out.append(text, start, cut).append('\n');
                start = cut;
            }
            out.append(text, start, end);
            start = end;
        }
        return out.toString();
    }

    /** After a space if one is near; never within a surrogate pair. */
    private static int cut(String text, int start) {
        int most = start + MOST;
        int space = text.lastIndexOf(' ', most - 1);
        if (space >= most - NEAR) {
            return space + 1;
        }
        return Character.isLowSurrogate(text.charAt(most)) ? most - 1 : most;
    }
}
