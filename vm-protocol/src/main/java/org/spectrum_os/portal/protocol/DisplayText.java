// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

/**
 * A text of doubtful origin, made safe to show: it is short, stands on one line, and holds no character that is invisible, that
 * reorders its neighbours or that controls anything. Such characters are replaced by {@code ⟨U+XXXX⟩}, so that the user sees that
 * something was there. It is plain text; whoever shows it must not parse it as markup.
 *
 * @param text      the text, at most as many code points of the original as asked for
 * @param shortened whether the original was longer
 */
public record DisplayText(String text, boolean shortened) {

    /** Makes {@code claim} safe to show, keeping at most {@code maxCodePoints} (at least 1) of its code points. */
    public static DisplayText of(Untrusted<String> claim, int maxCodePoints) {
        return of(claim, maxCodePoints, false);
    }

    /** As {@link #of}, but line feeds stay what they are, so that the text stands on several lines. */
    public static DisplayText lines(Untrusted<String> claim, int maxCodePoints) {
        return of(claim, maxCodePoints, true);
    }

    private static DisplayText of(Untrusted<String> claim, int maxCodePoints, boolean lines) {
        if (maxCodePoints < 1) {
            throw new IllegalArgumentException("maxCodePoints " + maxCodePoints);
        }
        return claim.validate(raw -> {
            var shown = new StringBuilder(Math.min(raw.length(), maxCodePoints) + 16);
            int at = 0;
            int kept = 0;
            while (at < raw.length() && kept < maxCodePoints) {
                int codePoint = raw.codePointAt(at);
                at += Character.charCount(codePoint);
                kept++;
                if (isPlain(codePoint) || (lines && codePoint == '\n')) {
                    shown.appendCodePoint(codePoint);
                } else {
                    shown.append("⟨U+").append("%04X".formatted(codePoint)).append('⟩');
                }
            }
            return new DisplayText(shown.toString(), at < raw.length());
        });
    }

    private static boolean isPlain(int codePoint) {
        if (codePoint == ' ') {
            return true;
        }
        return switch (Character.getType(codePoint)) {
            // FORMAT holds the bidirectional controls, zero-width characters and tags; separators other than the plain
            // space can pass for it or break the line; private use and unassigned draw whatever the font pleases.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> !isBlankLetter(codePoint);
        };
    }

    /** Letters and symbols that are drawn as nothing: Hangul fillers, the Braille blank, variation selectors, the combining joiner. */
    private static boolean isBlankLetter(int codePoint) {
        return codePoint == 0x115F
                || codePoint == 0x1160
                || codePoint == 0x3164
                || codePoint == 0xFFA0
                || codePoint == 0x2800
                || codePoint == 0x034F
                || codePoint == 0x17B4
                || codePoint == 0x17B5
                || (codePoint >= 0x180B && codePoint <= 0x180F)
                || (codePoint >= 0xFE00 && codePoint <= 0xFE0F)
                || (codePoint >= 0xE0100 && codePoint <= 0xE01EF);
    }

    @Override
    public String toString() {
        return shortened ? text + "…" : text;
    }
}
