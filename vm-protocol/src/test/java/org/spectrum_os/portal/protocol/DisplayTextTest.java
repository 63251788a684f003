// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DisplayTextTest {
    static List<Arguments> claims() {
        return List.of(
                Arguments.of("plain", "plain"),
                Arguments.of("Ünïcode 日本語 🙂", "Ünïcode 日本語 🙂"),
                Arguments.of("<b>bold</b> &amp;", "<b>bold</b> &amp;"),
                Arguments.of("a\u0000b", "a⟨U+0000⟩b"),
                Arguments.of("a\u001b[31mb", "a⟨U+001B⟩[31mb"),
                Arguments.of("a\nb", "a⟨U+000A⟩b"),
                Arguments.of("exe.\u202egpj", "exe.⟨U+202E⟩gpj"),
                Arguments.of("a\u200bb", "a⟨U+200B⟩b"),
                Arguments.of("a\u2028b", "a⟨U+2028⟩b"),
                Arguments.of("a\u00a0b", "a⟨U+00A0⟩b"),
                Arguments.of("a\u3164b", "a⟨U+3164⟩b"),
                Arguments.of("a\ud800b", "a⟨U+D800⟩b"),
                Arguments.of("a\udb40\udc41b", "a⟨U+E0041⟩b"),
                Arguments.of("a\ue000b", "a⟨U+E000⟩b"),
                Arguments.of("a\ufeffb", "a⟨U+FEFF⟩b"),
                Arguments.of("a\u00adb", "a⟨U+00AD⟩b"));
    }

    @ParameterizedTest
    @MethodSource("claims")
    void showsWhatCannotBeSeen(String claim, String shown) {
        assertEquals(new DisplayText(shown, false), DisplayText.of(Untrusted.of(claim), 100));
    }

    @Test
    void shortensByCodePoints() {
        assertEquals(new DisplayText("🙂🙂", true), DisplayText.of(Untrusted.of("🙂🙂🙂"), 2));
        assertEquals("🙂🙂…", DisplayText.of(Untrusted.of("🙂🙂🙂"), 2).toString());
        assertFalse(DisplayText.of(Untrusted.of("🙂🙂"), 2).shortened());
        assertEquals("", DisplayText.of(Untrusted.of(""), 2).text());
    }

    @Test
    void aHundredKilobytesStayShort() {
        String claim = "<span>\u202e\u0007".repeat(12_500);
        DisplayText shown = DisplayText.of(Untrusted.of(claim), Limits.TEXT_CODE_POINTS);
        assertTrue(shown.shortened());
        assertTrue(shown.text().length() <= Limits.TEXT_CODE_POINTS * "⟨U+10FFFF⟩".length());
    }

    @Test
    void neverShowsAControlOrFormatCharacter() {
        var random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                text.appendCodePoint(random.nextInt(round % 2 == 0 ? 0x3000 : Character.MAX_CODE_POINT + 1));
            }
            String shown = DisplayText.of(Untrusted.of(text.toString()), 10).text();
            assertTrue(
                    shown.codePoints()
                            .noneMatch(c -> Character.isISOControl(c)
                                    || Character.getType(c) == Character.FORMAT
                                    || Character.getType(c) == Character.SURROGATE),
                    () -> "from " + text.codePoints().boxed().toList());
        }
    }

    @Test
    void untrustedCannotBePrinted() {
        assertEquals("Untrusted", Untrusted.of("secret").toString());
    }
}
