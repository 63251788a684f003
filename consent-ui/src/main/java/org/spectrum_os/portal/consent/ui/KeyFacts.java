// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Subject;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;

/** What is known about a key and what is to be done with it, row by row. */
public final class KeyFacts {
    /** Parents of a commit that have a row; the others are in the text. */
    private static final int PARENTS = 2;

    private static final int ALGORITHM_CODE_POINTS = 32;

    private final String instance;
    private final List<Fact> facts = new ArrayList<>();

    private KeyFacts(String instance) {
        this.instance = instance;
    }

    /**
     * A row.
     *
     * @param caption in the host's words
     * @param text    in the host's words, or in quotation marks; plain text
     * @param code    whether it is digits, to be compared one by one
     */
    public record Fact(String caption, String text, boolean code) {}

    /** Of the key. */
    public static List<Fact> ofKey(String instance, KeyQuestion.Key key) {
        var rows = new KeyFacts(instance);
        String place = key.vault() == null ? "on this computer" : "in the VM “" + key.vault() + "”";
        rows.say("Key", key.name().text().isBlank() ? "has no name" : shown(key.name()));
        rows.code("Fingerprint", KeyWording.fingerprint(key.fingerprint()));
        if (key.subkey() != null) {
            rows.code("Subkey", KeyWording.fingerprint(key.subkey()));
        }
        rows.say("Kept", place);
        return List.copyOf(rows.facts);
    }

    /** Of what is done with it. */
    public static List<Fact> ofSubject(String instance, KeyQuestion question) {
        var rows = new KeyFacts(instance);
        switch (question.subject()) {
            case Subject.Content content -> rows.content(content);
            case Subject.UnseenHash(String algorithm, String hash) -> rows.hash(algorithm, hash);
            case Subject.UnseenSshSignature(ClaimedText namespace, String algorithm, String hash) -> {
                rows.claim("Valid for", namespace);
                rows.hash(algorithm, hash);
            }
            case Subject.UnseenCiphertext() -> {
                // nothing is known
            }
            case Subject.Login login -> rows.login(login);
        }
        return List.copyOf(rows.facts);
    }

    private void content(Subject.Content content) {
        switch (content.view()) {
            case ContentView.GitCommit commit -> {
                claim("Subject", commit.subject());
                claim("Author", commit.author());
                claim("Committer", commit.committer());
                code("Tree", commit.tree());
                parents(commit.parents());
            }
            case ContentView.GitTag tag -> {
                claim("Tag", tag.name());
                claim("Subject", tag.subject());
                claim("Tagger", tag.tagger());
                code("Of the " + tag.type(), tag.object());
            }
            case ContentView.Text _, ContentView.Data _ -> {
                // nothing in it has a name
            }
        }
        claim("Valid for", content.namespace());
        ClaimedText origin = content.origin();
        if (origin != null && !origin.text().isBlank()) {
            say(originCaption(content.view()), instance + " says: " + Wording.quoted(origin));
        }
        say("Kind", kind(content.view()) + ", " + KeyWording.size(content.bytes()));
        code("SHA-256", content.sha256());
    }

    private static String originCaption(ContentView view) {
        return switch (view) {
            case ContentView.GitCommit _, ContentView.GitTag _ -> "Repository";
            case ContentView.Text _, ContentView.Data _ -> "From";
        };
    }

    private static String kind(ContentView view) {
        return switch (view) {
            case ContentView.GitCommit _ -> "commit of git";
            case ContentView.GitTag _ -> "tag of git";
            case ContentView.Text _ -> "text";
            case ContentView.Data(String type, String _) -> type == null ? "data of an unknown kind" : type;
        };
    }

    private void parents(List<String> parents) {
        switch (parents.size()) {
            case 0 -> say("Parent", "none: it is the first of its history");
            case 1 -> code("Parent", parents.getFirst());
            default -> {
                for (int i = 0; i < Math.min(PARENTS, parents.size()); i++) {
                    code("Parent " + (i + 1), parents.get(i));
                }
                if (parents.size() > PARENTS) {
                    say("", "and " + (parents.size() - PARENTS) + " more, see the text");
                }
            }
        }
    }

    private void hash(String algorithm, String hash) {
        code(DisplayText.of(Untrusted.of(algorithm), ALGORITHM_CODE_POINTS).text(), hash);
    }

    private void login(Subject.Login login) {
        ClaimedText host = login.host();
        String hostKey = login.hostKey();
        if (host != null) {
            say("Server", shown(host) + ", as this computer knows it");
        } else {
            say("Server", hostKey == null ? "not known" : "not known to this computer");
        }
        if (hostKey != null) {
            code("Server’s key", hostKey);
        }
        claim("Account", login.user());
    }

    private void say(String caption, String text) {
        facts.add(new Fact(caption, text, false));
    }

    private void code(String caption, String text) {
        facts.add(new Fact(caption, text, true));
    }

    private void claim(String caption, @Nullable ClaimedText claim) {
        if (claim != null) {
            say(caption, Wording.quoted(claim));
        }
    }

    private static String shown(ClaimedText text) {
        return KeyWording.isolated(text.shown());
    }
}
