// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Subject;

/** The sentence that says what will happen if the user agrees to the use of a key. */
public final class KeyOutcome {
    private static final String CANNOT_SEE = "cannot see";

    private KeyOutcome() {}

    /** What is about to happen. */
    public static Sentence sentence(InstanceLabel asker, KeyQuestion question) {
        String vm = asker.name();
        String key = KeyWording.name(question.key());
        return switch (question.subject()) {
            case Subject.Content content ->
                Sentence.of(
                        "",
                        vm,
                        " will get one " + signature(content.namespace()) + " by ",
                        key,
                        validOnly(content.namespace()) + " of " + what(content.view()) + ".");
            case Subject.UnseenHash _ ->
                Sentence.of(
                        "",
                        vm,
                        " will get one signature by ",
                        key,
                        " of something that this computer ",
                        CANNOT_SEE,
                        ".");
            case Subject.UnseenSshSignature(ClaimedText namespace, String _, String _) ->
                Sentence.of(
                        "",
                        vm,
                        " will get one " + signature(namespace) + " by ",
                        key,
                        validOnly(namespace) + " of something that this computer ",
                        CANNOT_SEE,
                        ".");
            case Subject.UnseenCiphertext() ->
                Sentence.of(
                        "",
                        vm,
                        " will get the content of one encrypted message to ",
                        key,
                        "; which one, this computer ",
                        CANNOT_SEE,
                        ".");
            case Subject.Login login -> login(vm, key, login);
        };
    }

    private static String signature(@Nullable ClaimedText namespace) {
        return namespace == null ? "signature" : "SSH signature";
    }

    private static String validOnly(@Nullable ClaimedText namespace) {
        return namespace == null ? "" : ", valid only for " + KeyWording.brieflyQuoted(namespace) + ",";
    }

    private static String what(ContentView view) {
        return switch (view) {
            case ContentView.GitCommit commit -> shown(commit.whole().shortened());
            case ContentView.GitTag tag -> shown(tag.whole().shortened());
            case ContentView.Text text -> shown(text.whole().shortened());
            case ContentView.Data _ -> "the data described here";
        };
    }

    private static String shown(boolean shortened) {
        return shortened ? "what is shown here in part" : "what is shown here";
    }

    private static Sentence login(String vm, String key, Subject.Login login) {
        String user = KeyWording.brieflyQuoted(login.user());
        boolean known = login.host() != null;
        return Sentence.of(
                login.forwarded() ? "Somebody on a server that " : "",
                vm,
                login.forwarded() ? " is logged in to will log in from there as " + user : " will log in as " + user,
                "",
                known || login.hostKey() == null ? " at " : " at the server with the key ",
                server(login),
                known || login.hostKey() == null ? " with the key " : ", with the key ",
                key,
                ".");
    }

    private static String server(Subject.Login login) {
        ClaimedText host = login.host();
        if (host != null) {
            return KeyWording.brief(host);
        }
        String hostKey = login.hostKey();
        return hostKey == null ? "a server that is not known" : hostKey;
    }
}
