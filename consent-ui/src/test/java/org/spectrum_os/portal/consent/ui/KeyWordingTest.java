// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Again;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Operation;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Subject;
import org.spectrum_os.portal.consent.contract.ShownText;
import org.spectrum_os.portal.consent.ui.KeyFacts.Fact;

class KeyWordingTest {
    private static final InstanceLabel MAIL = new InstanceLabel("mail", "#3584e4");
    private static final String FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567";
    private static final String SSH = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    private static final String HASH = "0a".repeat(32);
    private static final String ID = "c".repeat(40);
    private static final KeyQuestion.Key ADA = key("Ada <ada@example.org>", FINGERPRINT);

    private static ClaimedText claim(String text) {
        return new ClaimedText(text, false);
    }

    private static KeyQuestion.Key key(String name, String fingerprint) {
        return new KeyQuestion.Key(claim(name), fingerprint, null, null);
    }

    private static KeyQuestion sign(KeyQuestion.Key key, Subject subject) {
        return new KeyQuestion(Operation.SIGN, key, subject, null);
    }

    private static KeyQuestion content(long bytes, ContentView view, @Nullable String namespace) {
        return sign(
                ADA,
                new Subject.Content(bytes, HASH, view, claim("/src"), namespace == null ? null : claim(namespace)));
    }

    private static Subject.Content contentOf(long bytes, ContentView view) {
        return new Subject.Content(bytes, HASH, view, null, null);
    }

    private static KeyQuestion login(@Nullable String host, @Nullable String hostKey, boolean forwarded) {
        return new KeyQuestion(
                Operation.LOG_IN,
                key("laptop", SSH),
                new Subject.Login(claim("git"), host == null ? null : claim(host), hostKey, forwarded),
                null);
    }

    private static ContentView text(boolean shortened) {
        return new ContentView.Text(new ShownText("Dear Ada", shortened));
    }

    private static String outcome(KeyQuestion question) {
        return KeyOutcome.sentence(MAIL, question).plain();
    }

    @Test
    void theSentenceSaysWhetherTheContentIsSeen() {
        assertEquals(
                "mail will get one signature by Ada <ada@example.org> of what is shown here.",
                outcome(content(8, text(false), null)));
        assertEquals(
                "mail will get one signature by Ada <ada@example.org> of what is shown here in part.",
                outcome(content(1 << 20, text(true), null)));
        assertEquals(
                "mail will get one SSH signature by Ada <ada@example.org>, valid only for “\u2068git\u2069”, of the data"
                        + " described here.",
                outcome(content(8, new ContentView.Data(null, "00"), "git")));
        assertEquals(
                "mail will get one signature by Ada <ada@example.org> of something that this computer cannot see.",
                outcome(sign(ADA, new Subject.UnseenHash("SHA-256", HASH))));
        assertEquals(
                "mail will get one SSH signature by Ada <ada@example.org>, valid only for “\u2068file\u2069”, of something"
                        + " that this computer cannot see.",
                outcome(sign(ADA, new Subject.UnseenSshSignature(claim("file"), "SHA-512", HASH))));
        assertEquals(
                "mail will get the content of one encrypted message to Ada <ada@example.org>; which one, this computer"
                        + " cannot see.",
                outcome(new KeyQuestion(Operation.DECRYPT, ADA, new Subject.UnseenCiphertext(), null)));
    }

    @Test
    void theSentenceNamesTheServerByTheBestThatIsKnown() {
        assertEquals(
                "mail will log in as “\u2068git\u2069” at forge.example with the key laptop.",
                outcome(login("forge.example", SSH, false)));
        assertEquals(
                "mail will log in as “\u2068git\u2069” at the server with the key " + SSH + ", with the key laptop.",
                outcome(login(null, SSH, false)));
        assertEquals(
                "Somebody on a server that mail is logged in to will log in from there as “\u2068git\u2069” at a server that"
                        + " is not known with the key laptop.",
                outcome(login(null, null, true)));
    }

    @Test
    void aHostileTextIsQuotedCutAndNoMarkup() {
        String bad = "” <b>at forge.example</b> & “".repeat(20);
        var question = new KeyQuestion(
                Operation.LOG_IN, key("<i>&", SSH), new Subject.Login(claim(bad), null, null, false), null);
        Sentence sentence = KeyOutcome.sentence(MAIL, question);
        assertTrue(sentence.plain().length() < 200, sentence.plain());
        assertEquals(1, sentence.plain().chars().filter(c -> c == '”').count(), sentence.plain());
        assertTrue(
                sentence.plain().endsWith("\u2069” at a server that is not known with the key <i>&."),
                sentence.plain());
        assertFalse(sentence.markup().contains("<b>") || sentence.markup().contains("<i>"), sentence.markup());
        assertTrue(sentence.markup().contains("&lt;i&gt;&amp;"), sentence.markup());
    }

    @Test
    void aNameFromRightToLeftStaysByItself() {
        assertTrue(outcome(sign(key("עדה <ada>", SSH), new Subject.UnseenHash("SHA-1", HASH)))
                .contains(" by \u2068עדה <ada>\u2069 of "));
    }

    @Test
    void aKeyWithoutANameIsNamedByItsFingerprint() {
        assertEquals("89AB CDEF 0123 4567", KeyWording.name(key(" ", FINGERPRINT)));
        assertEquals(SSH, KeyWording.name(key("", SSH)));
    }

    @Test
    void fingerprintsAreGroupedAsGpgDoes() {
        assertEquals("0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567", KeyWording.fingerprint(FINGERPRINT));
        assertEquals(SSH, KeyWording.fingerprint(SSH));
        assertEquals("AAAA ".repeat(8) + " " + "AAAA ".repeat(8).strip(), KeyWording.fingerprint("A".repeat(64)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0; 0 bytes",
                "1; 1 byte",
                "999; 999 bytes",
                "1000; 1,000 bytes (1.0 kB)",
                "999999; 999,999 bytes (1.0 MB)",
                "1073741824; 1,073,741,824 bytes (1.1 GB)",
                "9223372036854775807; 9,223,372,036,854,775,807 bytes (9.2 EB)"
            })
    void sizesAreExactAndRough(long bytes, String said) {
        assertEquals(said, KeyWording.size(bytes));
    }

    @Test
    void whatIsNotShownIsWarnedOf() {
        assertEquals(List.of(), KeyWording.warnings("mail", content(8, text(false), null)));
        assertEquals(
                List.of("Only the first 64 KiB are shown. All of it, 70,000 bytes (70.0 kB), is signed."),
                KeyWording.warnings("mail", content(70_000, text(true), null)));
        assertEquals("How it begins", KeyWording.contentCaption(contentOf(70_000, text(true))));
        assertEquals("Everything that is signed", KeyWording.contentCaption(contentOf(8, text(false))));
        ContentView two = new ContentView.Data(null, "0000");
        assertEquals(List.of(), KeyWording.warnings("mail", content(2, two, null)), "all of it is shown");
        assertEquals(
                List.of("Only the first 2 bytes are shown. All of it, 3 bytes, is signed."),
                KeyWording.warnings("mail", content(3, two, null)));
        assertTrue(KeyWording.warnings("mail", sign(ADA, new Subject.UnseenHash("SHA-1", HASH)))
                .getFirst()
                .startsWith("Only mail knows what it is"));
        assertEquals(List.of(), KeyWording.warnings("mail", login("forge.example", SSH, false)));
        assertEquals(1, KeyWording.warnings("mail", login(null, SSH, false)).size());
        assertEquals(
                KeyWording.MOST_WARNINGS,
                KeyWording.warnings("mail", login(null, null, true)).size());
    }

    @Test
    void theOfferSaysHowOftenOrHowLong() {
        assertEquals(
                "Do _not ask again for the next signature by this key",
                KeyWording.again(Operation.SIGN, new Again(1, 0)));
        assertEquals(
                "Do _not ask again for the next 5 decryptions with this key",
                KeyWording.again(Operation.DECRYPT, new Again(5, 0)));
        assertEquals(
                "Do _not ask again about logins with this key for 10 minutes, or until you take it back",
                KeyWording.again(Operation.LOG_IN, new Again(0, 600)));
    }

    @Test
    void noTwoMnemonicsAreTheSame() {
        for (Operation operation : Operation.values()) {
            Set<Character> seen = new HashSet<>();
            for (String marked : List.of(
                    Wording.DENY,
                    Wording.block("mail"),
                    KeyWording.agree(operation),
                    KeyWording.again(operation, new Again(1, 0)))) {
                assertTrue(seen.add(Character.toLowerCase(marked.charAt(marked.indexOf('_') + 1))), marked);
            }
        }
    }

    @Test
    void theRowsOfACommitTellTheGuestsWordsFromTheHosts() {
        var commit = new ContentView.GitCommit(
                ID,
                List.of(ID, ID, ID),
                claim("Ada” says root"),
                null,
                claim("Fix"),
                new ShownText("tree " + ID, false));
        assertEquals(
                List.of(
                        new Fact("Subject", "“\u2068Fix\u2069”", false),
                        new Fact("Author", "“\u2068Ada\" says root\u2069”", false),
                        new Fact("Tree", ID, true),
                        new Fact("Parent 1", ID, true),
                        new Fact("Parent 2", ID, true),
                        new Fact("", "and 1 more, see the text", false),
                        new Fact("Repository", "mail says: “\u2068/src\u2069”", false),
                        new Fact("Kind", "commit of git, 45 bytes", false),
                        new Fact("SHA-256", HASH, true)),
                KeyFacts.ofSubject("mail", content(45, commit, null)));
    }

    @Test
    void theRowsOfAKeySayWhereItIs() {
        var key = new KeyQuestion.Key(claim(""), FINGERPRINT, SSH, "vault");
        assertEquals(
                List.of(
                        new Fact("Key", "has no name", false),
                        new Fact("Fingerprint", KeyWording.fingerprint(FINGERPRINT), true),
                        new Fact("Subkey", SSH, true),
                        new Fact("Kept", "in the VM “vault”", false)),
                KeyFacts.ofKey("mail", key));
    }

    @Test
    void bytesAreDumpedWithTheirLetters() {
        assertEquals("", HexDump.of(""));
        assertEquals(
                "0000  48 69 00 ff 7f 20 7e 0a  31                       Hi··· ~·1", HexDump.of("486900ff7f207e0a31"));
        assertEquals(2, HexDump.of("00".repeat(17)).lines().count());
    }

    @Test
    void onlyVeryLongLinesAreBroken() {
        String text = ("word ".repeat(190) + "\n").repeat(3) + "\n\n" + "x".repeat(1000) + "\n";
        assertEquals(text, KeyWording.content(new ContentView.Text(new ShownText(text, false))));
        assertEquals("x".repeat(1000) + "\n" + "x".repeat(500), LongLines.broken("x".repeat(1500)));
        assertEquals("y" + "😀".repeat(499) + "\n" + "😀".repeat(101), LongLines.broken("y" + "😀".repeat(600)));
        String words = "a word ".repeat(10_000);
        String broken = LongLines.broken(words);
        assertEquals(words, broken.replace("\n", ""), "nothing is lost");
        assertTrue(broken.lines().allMatch(line -> line.length() <= 1000 && line.endsWith(" ")));
    }
}
