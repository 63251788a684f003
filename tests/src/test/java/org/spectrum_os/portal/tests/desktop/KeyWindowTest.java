// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.tests.desktop.KeyQuestions.claim;
import static org.spectrum_os.portal.tests.desktop.KeyQuestions.content;
import static org.spectrum_os.portal.tests.desktop.KeyQuestions.login;
import static org.spectrum_os.portal.tests.desktop.KeyQuestions.shown;
import static org.spectrum_os.portal.tests.desktop.KeyQuestions.sign;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.consent.contract.FromWindow.Agreed;
import org.spectrum_os.portal.consent.contract.FromWindow.Armed;
import org.spectrum_os.portal.consent.contract.FromWindow.Blocked;
import org.spectrum_os.portal.consent.contract.FromWindow.Denied;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Again;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Subject;
import org.spectrum_os.portal.consent.contract.ShownText;
import org.spectrum_os.portal.consent.contract.ToWindow.Close;
import org.spectrum_os.portal.consent.contract.ToWindow.Reason;

/** The real window, asked for the use of a key, answered by keyboard and accessibility. */
class KeyWindowTest extends AskedWindow {
    KeyWindowTest() {
        super("key");
    }

    private static void says(ConsentDialog dialog, String... texts) {
        List<String> all = dialog.texts();
        for (String text : texts) {
            assertTrue(all.contains(text), "“" + text + "” is not among " + all);
        }
    }

    @Test
    void aCommitIsShownInPartsAndWhole() throws Exception {
        ConsentDialog dialog = ask(content(KeyQuestions.commit(), "/home/user/engine", null), "commit");
        assertEquals("«mail» asks for a signature — Spectrum Portal", dialog.title());
        says(
                dialog,
                "mail",
                "asks for a signature",
                "blue heron",
                "mail will get one signature by Ada Lovelace <ada@example.org> of what is shown here.",
                "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567",
                "on this computer",
                "“\u2068Count the Bernoulli numbers from one\u2069”",
                "“\u2068Ada Lovelace <ada@example.org>\u2069”",
                "“\u2068Charles Babbage <charles@example.org>\u2069”",
                KeyQuestions.TREE,
                KeyQuestions.PARENT,
                "mail says: “\u2068/home/user/engine\u2069”",
                "commit of git, 123,456 bytes (123.5 kB)",
                KeyQuestions.SHA256);
        assertEquals(KeyQuestions.COMMIT_TEXT, dialog.content());
        dialog.sign();
        assertEquals(new Agreed(1, false), ui().next(Agreed.class));
        ConsentDialog.awaitNone(desktop(), PATIENCE);
    }

    @Test
    void aTagIsShownInPartsAndWhole() throws Exception {
        String text = "object " + KeyQuestions.PARENT + "\ntype commit\ntag v1.0\n\nThe first\n";
        ConsentDialog dialog = ask(
                content(
                        new ContentView.GitTag(
                                claim("v1.0"), KeyQuestions.PARENT, "commit", null, claim("The first"), shown(text)),
                        null,
                        "git"),
                "tag");
        says(
                dialog,
                "mail will get one SSH signature by ada@laptop, valid only for “\u2068git\u2069”, of what is shown here.",
                "“\u2068v1.0\u2069”",
                "Of the commit",
                KeyQuestions.PARENT,
                KeyQuestions.SSH_KEY.fingerprint());
        assertEquals(text, dialog.content());
        dialog.sign();
        ui().next(Agreed.class);
    }

    @Test
    void dataIsShownByItsKindHashAndBeginning() throws Exception {
        ConsentDialog dialog =
                ask(content(new ContentView.Data("PDF document", "255044462d".repeat(50)), "rent.pdf", null), "data");
        says(
                dialog,
                "mail will get one signature by Ada Lovelace <ada@example.org> of the data described here.",
                "PDF document, 123,456 bytes (123.5 kB)",
                "mail says: “\u2068rent.pdf\u2069”",
                KeyQuestions.SHA256,
                "Only the first 250 bytes are shown. All of it, 123,456 bytes (123.5 kB), is signed.");
        assertTrue(dialog.content().startsWith("0000  25 50 44 46 2d 25 50 44  46 2d "), dialog.content());
        dialog.deny();
        ui().next(Denied.class);
        says(
                open(2, content(new ContentView.Data(null, ""), null, null)),
                "data of an unknown kind, 123,456 bytes (123.5 kB)");
    }

    @Test
    void whatIsNotSeenIsSaidToBeUnseen() throws Exception {
        ConsentDialog dialog = ask(KeyQuestions.hash(null), "hash");
        says(
                dialog,
                "mail will get one signature by Ada Lovelace <ada@example.org> of something that this computer cannot see.",
                "Only mail knows what it is: a letter, a program, a contract in your name."
                        + " Sign only if you have just asked mail for a signature.",
                "SHA-256",
                KeyQuestions.SHA256);
        assertFalse(
                dialog.texts().contains("Everything that is signed"),
                dialog.texts().toString());
        dialog.sign();
        ui().next(Agreed.class);
    }

    @Test
    void anSshSignatureSaysForWhatItIsValid() throws Exception {
        ConsentDialog dialog = ask(
                sign(
                        KeyQuestions.SSH_KEY,
                        new Subject.UnseenSshSignature(claim("git"), "SHA-512", KeyQuestions.SHA256.repeat(2)),
                        null),
                "ssh hash");
        says(
                dialog,
                "mail will get one SSH signature by ada@laptop, valid only for “\u2068git\u2069”, of something that this"
                        + " computer cannot see.",
                KeyQuestions.SHA256.repeat(2));
        dialog.sign();
        ui().next(Agreed.class);
    }

    @Test
    void decryptingSaysThatTheMessageIsUnseenAndWhereTheKeyIs() throws Exception {
        ConsentDialog dialog = ask(KeyQuestions.decrypt(), "decrypt");
        assertEquals("«mail» asks to decrypt a message — Spectrum Portal", dialog.title());
        says(
                dialog,
                "mail will get the content of one encrypted message to Ada Lovelace <ada@example.org>; which one, this"
                        + " computer cannot see.",
                "89AB CDEF 0123 4567 89AB  CDEF 0123 4567 89AB CDEF",
                "in the VM “vault”");
        desktop().keys("alt+e");
        ui().next(Agreed.class);
    }

    @Test
    void aLoginNamesTheServerByWhatIsKnownOfIt() throws Exception {
        ConsentDialog dialog = ask(login("forge.example", KeyQuestions.HOST_KEY, false), "login");
        says(
                dialog,
                "mail will log in as “\u2068git\u2069” at forge.example with the key ada@laptop.",
                KeyQuestions.HOST_KEY,
                "forge.example, as this computer knows it");
        dialog.logIn();
        ui().next(Agreed.class);
        dialog = ask(login(null, KeyQuestions.HOST_KEY, false), "login unknown");
        says(
                dialog,
                "mail will log in as “\u2068git\u2069” at the server with the key " + KeyQuestions.HOST_KEY
                        + ", with the key ada@laptop.");
        dialog.deny();
        ui().next(Denied.class);
        dialog = ask(login(null, null, true), "login forwarded");
        says(
                dialog,
                "Somebody on a server that mail is logged in to will log in from there as “\u2068git\u2069” at a server"
                        + " that is not known with the key ada@laptop.");
        dialog.logIn();
        ui().next(Agreed.class);
    }

    @Test
    @DisplayName("before a second has passed, no key and no button does anything, and nothing can be ticked")
    void nothingHappensBeforeArming() throws Exception {
        ConsentDialog dialog = open(1, KeyQuestions.hash(new Again(5, 0)));
        long mapped = System.nanoTime();
        assertFalse(dialog.again().isSensitive(), "could be ticked");
        assertFalse(dialog.button("Sign").isSensitive(), "could be signed");
        desktop().key("Return", true);
        desktop().keys("alt+s", "alt+n", "space", "Escape");
        picture("not yet armed");
        ui().next(Armed.class);
        assertTrue(System.nanoTime() - mapped > Duration.ofMillis(800).toNanos(), "armed early");
        assertEquals(Optional.empty(), ui().within(Duration.ofSeconds(1)), "Return is still down");
        desktop().key("Return", false);
        assertFalse(dialog.again().isChecked(), "ticked too early");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Return", "Escape", "space", "alt+d"})
    void denyIsTheDefault(String key) throws Exception {
        ConsentDialog dialog = ask(KeyQuestions.text("Yours, Ada\n"), "text");
        assertTrue(dialog.button("Deny").isFocused(), "Deny has the focus");
        desktop().keys(key);
        assertEquals(1, ui().next(Denied.class).id());
    }

    @Test
    void moreThanOnceIsAgreedToOnlyByTickingItEachTime() throws Exception {
        ConsentDialog dialog = ask(KeyQuestions.hash(new Again(5, 0)), "again");
        says(dialog, "You will not be shown what is signed then: mail gets a signature of whatever it likes.");
        dialog.toggle("Do not ask again for the next 5 signatures by this key");
        desktop().keys("alt+s");
        assertEquals(new Agreed(1, true), ui().next(Agreed.class));
        dialog = ask(KeyQuestions.hash(new Again(0, 600)), "again for a time");
        assertEquals(
                "Do not ask again about signatures by this key for 10 minutes, or until you take it back",
                dialog.again().name());
        assertFalse(dialog.again().isChecked(), "off for every question anew");
        dialog.sign();
        assertEquals(new Agreed(1, false), ui().next(Agreed.class));
    }

    @Test
    void blocksIsClosedAndDisarms() throws Exception {
        open(1, KeyQuestions.decrypt()).block();
        // Armed comes first.
        ui().next(Armed.class);
        ui().next(Blocked.class);
        open(2, KeyQuestions.decrypt());
        ui().say(new Close(2, Reason.WITHDRAWN));
        ConsentDialog.awaitNone(desktop(), Duration.ofSeconds(2));
        ConsentDialog dialog = open(3, KeyQuestions.hash(new Again(5, 0)));
        ui().next(Armed.class);
        Process other = desktop()
                .launch("other", false, List.of("xmessage", "-name", "other", "-title", "Other window", "other"));
        try {
            dialog.awaitText("Click this window to answer");
            assertFalse(dialog.again().isSensitive(), "could be ticked");
            desktop().focusWindow("Spectrum Portal");
            ui().next(Armed.class);
        } finally {
            other.destroy();
        }
    }

    /** The worst there is: one line of 64 KiB, each byte of which takes eight letters; as many lines; and words without end. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0001", "\n", "word ", "\u05d0\u202e", "x", "\u0301"})
    void aHugeTextIsOnScreenSoonAndLeavesTheButtonsThere(String piece) throws Exception {
        KeyQuestion question = KeyQuestions.text(piece.repeat(ShownText.SHOWN_BYTES));
        long asked = System.nanoTime();
        ConsentDialog dialog = ask(question, "huge " + Character.getName(piece.codePointAt(0)));
        assertTrue(
                System.nanoTime() - asked < SOON.toNanos(),
                "armed after " + (System.nanoTime() - asked) / 1_000_000 + " ms");
        assertTrue(dialog.button("Sign").bottom() <= WINDOW_HEIGHT);
        dialog.deny();
        ui().next(Denied.class);
    }

    @Test
    @DisplayName("markup, quotation marks and bidi characters are shown as such wherever they stand")
    void hostileTextsAreShownLiterally() throws Exception {
        String bad = "<b>x</b> &amp; ” \u202e%s";
        String shown = "<b>x</b> &amp; \" ⟨U+202E⟩%s";
        var key = new KeyQuestion.Key(claim(bad), KeyQuestions.ADA.fingerprint(), null, "<i>vault</i>");
        var view = new ContentView.GitCommit(
                KeyQuestions.TREE, List.of(), claim(bad), claim(bad), claim(bad), shown(bad + "\n" + bad));
        ConsentDialog dialog = ask(
                sign(key, new Subject.Content(5, KeyQuestions.SHA256, view, claim(bad), claim(bad)), null), "hostile");
        says(
                dialog,
                "mail will get one SSH signature by <b>x</b> &amp; ” ⟨U+202E⟩%s, valid only for “\u2068" + shown
                        + "\u2069”, of what is shown here.",
                "in the VM “<i>vault</i>”",
                "mail says: “\u2068" + shown + "\u2069”",
                "“\u2068" + shown + "\u2069”");
        assertEquals("<b>x</b> &amp; ” ⟨U+202E⟩%s\n<b>x</b> &amp; ” ⟨U+202E⟩%s", dialog.content());
        dialog.deny();
        ui().next(Denied.class);
    }
}
