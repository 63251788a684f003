// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Again;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Operation;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Subject;
import org.spectrum_os.portal.consent.contract.ShownText;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;

/** Questions about a key, as the backend asks them. */
final class KeyQuestions {
    static final String SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    static final String TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    static final String PARENT = "d670460b4b4aece5915caf5c68d12f560a9fe3e4";
    static final String HOST_KEY = "SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s";
    static final KeyQuestion.Key ADA = new KeyQuestion.Key(
            claim("Ada Lovelace <ada@example.org>"), "0123456789ABCDEF0123456789ABCDEF01234567", null, null);
    static final KeyQuestion.Key VAULTED = new KeyQuestion.Key(
            claim("Ada Lovelace <ada@example.org>"),
            "0123456789ABCDEF0123456789ABCDEF01234567",
            "89ABCDEF0123456789ABCDEF0123456789ABCDEF",
            "vault");
    static final KeyQuestion.Key SSH_KEY =
            new KeyQuestion.Key(claim("ada@laptop"), "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", null, null);
    static final String COMMIT_TEXT = "tree " + TREE + "\nparent " + PARENT
            + "\nauthor Ada Lovelace <ada@example.org> 1790000000 +0200"
            + "\ncommitter Charles Babbage <charles@example.org> 1790000100 +0200"
            + "\n\nCount the Bernoulli numbers from one\n\nThe engine begins at one, so that the first row of the table is"
            + " the first number.\n";

    private KeyQuestions() {}

    static ClaimedText claim(String text) {
        return ClaimedText.of(DisplayText.of(Untrusted.of(text), 512));
    }

    static ShownText shown(String text) {
        DisplayText safe = DisplayText.lines(Untrusted.of(text), ShownText.SHOWN_BYTES);
        return new ShownText(safe.text(), safe.shortened());
    }

    static KeyQuestion sign(KeyQuestion.Key key, Subject subject, @Nullable Again again) {
        return new KeyQuestion(Operation.SIGN, key, subject, again);
    }

    static KeyQuestion content(ContentView view, @Nullable String origin, @Nullable String namespace) {
        return sign(
                namespace == null ? ADA : SSH_KEY,
                new Subject.Content(
                        123_456,
                        SHA256,
                        view,
                        origin == null ? null : claim(origin),
                        namespace == null ? null : claim(namespace)),
                null);
    }

    static ContentView commit() {
        return new ContentView.GitCommit(
                TREE,
                List.of(PARENT),
                claim("Ada Lovelace <ada@example.org>"),
                claim("Charles Babbage <charles@example.org>"),
                claim("Count the Bernoulli numbers from one"),
                shown(COMMIT_TEXT));
    }

    static KeyQuestion text(String text) {
        return content(new ContentView.Text(shown(text)), null, null);
    }

    static KeyQuestion hash(@Nullable Again again) {
        return sign(ADA, new Subject.UnseenHash("SHA-256", SHA256), again);
    }

    static KeyQuestion decrypt() {
        return new KeyQuestion(Operation.DECRYPT, VAULTED, new Subject.UnseenCiphertext(), null);
    }

    static KeyQuestion login(@Nullable String host, @Nullable String hostKey, boolean forwarded) {
        return new KeyQuestion(
                Operation.LOG_IN,
                SSH_KEY,
                new Subject.Login(claim("git"), host == null ? null : claim(host), hostKey, forwarded),
                null);
    }
}
