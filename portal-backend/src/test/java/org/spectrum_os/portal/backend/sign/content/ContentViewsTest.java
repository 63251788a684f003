// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.consent.contract.ContractCodec;
import org.spectrum_os.portal.consent.contract.ContractLimits;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.ShownText;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Untrusted;

/** Text, data, and the worst of both. */
class ContentViewsTest {
    private static final int SEEN = ContentViews.SEEN_BYTES;

    private static ContentView.Text text(byte[] content, boolean more) {
        return assertInstanceOf(ContentView.Text.class, ContentViews.of(content, more));
    }

    private static ContentView.Data data(byte... content) {
        return assertInstanceOf(ContentView.Data.class, ContentViews.of(content, false));
    }

    private static String shown(String content) {
        return text(content.getBytes(UTF_8), false).whole().text();
    }

    @Test
    void textIsShownWithAllThatIsInvisibleMadeVisible() {
        assertEquals("", shown(""));
        assertEquals("Grüße\n\n— 日本", shown("Grüße\n\n— 日本"));
        assertEquals(
                "a⟨U+0009⟩b⟨U+202E⟩c⟨U+200B⟩d⟨U+FEFF⟩e⟨U+007F⟩f⟨U+0085⟩g⟨U+00AD⟩h",
                shown("a\tb\u202Ec\u200Bd\uFEFFe\u007Ff\u0085g\u00ADh"));
    }

    @Test
    void lineEndsOfMailAreLineEnds() {
        assertEquals("Subject: x\n\nBody\n", shown("Subject: x\r\n\r\nBody\r\n"));
        assertEquals("a\nb", text("a\r\nb\r".getBytes(UTF_8), true).whole().text(), "cut between the two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\rb", "a\r\nb\n", "a\nb\r\n", "a\r\r\nb\r\n", "a\r\nb\r", "\r", "a\r\nb\rc\r\n"})
    void anyOtherCarriageReturnIsVisible(String content) {
        assertEquals(content.replace("\r", "⟨U+000D⟩"), shown(content));
    }

    @Test
    void aCharacterThatIsCutIsLeftOutAndOneThatIsBrokenIsNoText() {
        byte[] cut = Arrays.copyOf("x€".getBytes(UTF_8), 3);
        assertEquals(new ShownText("x", true), text(cut, true).whole());
        data(cut);
        byte[] whole = new byte[SEEN + 1];
        Arrays.fill(whole, (byte) 'x');
        whole[SEEN - 1] = (byte) 0xe2;
        whole[SEEN] = (byte) 0x82;
        assertEquals("x".repeat(SEEN - 1), text(whole, true).whole().text());
        for (String broken : new String[] {"c328", "f5808080", "eda080", "c080", "80"}) {
            byte[] bytes = HexFormat.of().parseHex(broken);
            data(bytes);
            assertInstanceOf(ContentView.Data.class, ContentViews.of(Arrays.copyOf(bytes, 100), true));
        }
    }

    @Test
    void controlCharactersAreNoText() {
        for (int c = 0; c < ' '; c++) {
            if (c != '\t' && c != '\n' && c != '\r') {
                data((byte) 'a', (byte) c, (byte) 'b');
            }
        }
    }

    @Test
    void whatIsMoreThanSeenIsSaidToBeMore() {
        byte[] exactly = "y".repeat(SEEN).getBytes(UTF_8);
        assertFalse(text(exactly, false).whole().shortened());
        assertTrue(text(exactly, true).whole().shortened());
        ShownText longer = text(Arrays.copyOf("y".repeat(SEEN + 1).getBytes(UTF_8), SEEN + 1), false)
                .whole();
        assertTrue(longer.shortened());
        assertEquals(SEEN, longer.text().length());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "255044462d312e370affff|PDF document",
                "504b0304140000|Zip archive",
                "1f8b0800|gzip data",
                "89504e470d0a1a0a00|PNG picture",
                "ffd8ffe000|JPEG picture",
                "524946460000000057454250|WebP picture",
                "7f454c4602010100|ELF program",
                "fd377a585a0000|xz data",
                "28b52ffd00|Zstandard data",
                "d0cf11e0a1b11ae1|old Microsoft Office document",
                "99010d0462000000|OpenPGP data",
                "c0000000000000|",
                "850200030000|OpenPGP data",
                "00|"
            })
    void dataIsSaidToBeWhatItBeginsAs(String hex, String type) {
        ContentView.Data data = data(HexFormat.of().parseHex(hex));
        assertEquals(type, data.type());
        assertEquals(hex, data.head());
    }

    @Test
    void theHeadOfDataIsShort() {
        byte[] zeros = new byte[SEEN + 1];
        assertEquals("00".repeat(ContentView.HEAD_BYTES), data(zeros).head());
        zeros[257] = 'u';
        System.arraycopy("ustar".getBytes(ISO_8859_1), 0, zeros, 257, 5);
        assertEquals("tar archive", data(zeros).type());
    }

    @Test
    void anExecutableOfThisMachineIsOne() throws Exception {
        byte[] java = Files.readAllBytes(Path.of(System.getProperty("java.home"), "bin", "java"));
        assertEquals("ELF program", data(java).type());
    }

    /** The contract's longest line, with everything in it as long as can be. */
    @Test
    void theWorstContentFitsTheContract() throws Exception {
        String worstName = "\u202E".repeat(Limits.TEXT_CODE_POINTS);
        String person = worstName + " <" + "\udb40\udc01".repeat(Limits.TEXT_CODE_POINTS) + "> 1 +0000\n";
        String commit = "tree " + "a".repeat(64) + "\n" + ("parent " + "b".repeat(64) + "\n").repeat(16) + "author "
                + person + "committer x" + person + "\n" + worstName + "x\n";
        for (String beginning : new String[] {"", commit}) {
            for (String filling :
                    new String[] {"\t", "\r", "\u007f", "\"", "\\", "\n", "\u0085", "\u202E", "\udb40\udc01", "\uffff"
                    }) {
                byte[] content = (beginning + filling.repeat(SEEN)).getBytes(UTF_8);
                ContentView view = ContentViews.of(Arrays.copyOf(content, SEEN + 1), true);
                assertEquals(beginning.isEmpty(), view instanceof ContentView.Text);
                byte[] line = ContractCodec.encode(question(view));
                assertTrue(line.length < ContractLimits.TO_WINDOW_BYTES - 64 * 1024, line.length + " bytes");
            }
        }
        assertEquals(
                ShownText.MOST,
                text("\t".repeat(SEEN).getBytes(UTF_8), true).whole().text().length());
    }

    private static ToWindow question(ContentView view) {
        ClaimedText longest =
                ClaimedText.of(DisplayText.of(Untrusted.of("\udb40\udc01".repeat(600)), Limits.TEXT_CODE_POINTS));
        String fingerprint = "A".repeat(40);
        var key = new KeyQuestion.Key(longest, fingerprint, fingerprint, "vault");
        var content = new KeyQuestion.Subject.Content(Long.MAX_VALUE, "0".repeat(64), view, longest, longest);
        var question = new KeyQuestion(
                KeyQuestion.Operation.SIGN, key, content, new KeyQuestion.Again(0, KeyQuestion.Again.MOST_SECONDS));
        return new ToWindow.Show(
                Long.MAX_VALUE, new InstanceLabel("m".repeat(64), "#3584e4"), "p".repeat(64), question);
    }

    /** Whatever comes, it is one view or another. */
    @Test
    void randomContentIsShownSomehow() throws Exception {
        var random = new Random(5);
        String[] words = {
            "tree ",
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
            "\n",
            "author ",
            "A <a@b> 1 +0000",
            "committer ",
            "object ",
            "type ",
            "commit",
            "tag ",
            "v",
            "\r",
            "\t",
            "\u202E",
            "\0",
            "\uffff",
            " ",
            "x",
            "encoding "
        };
        for (int round = 0; round < 5_000; round++) {
            var text = new StringBuilder();
            for (int i = random.nextInt(24); i > 0; i--) {
                text.append(words[random.nextInt(words.length)]);
            }
            byte[] bytes = text.toString().getBytes(UTF_8);
            if (random.nextInt(3) == 0 && bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            ContractCodec.encode(question(ContentViews.of(bytes, random.nextBoolean())));
        }
    }
}
