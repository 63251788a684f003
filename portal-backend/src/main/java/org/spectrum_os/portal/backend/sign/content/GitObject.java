// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.content;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Untrusted;

/**
 * Reads a commit or a tag of git as git has it signed: header lines in git's own order, each once, further ones behind them, an empty line,
 * the message (git's gitformat-signature(5), and what fsck demands of objects). What deviates in anything is no object: git itself might
 * take it for another one than the user was shown.
 */
final class GitObject {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern TYPE = Pattern.compile("commit|tree|blob|tag");
    private static final Pattern NAME = Pattern.compile("[^ ].*");
    /** Name, address, seconds, time zone. */
    private static final Pattern PERSON = Pattern.compile("([^<>]*) <([^<>]*)> (?:0|[1-9][0-9]{0,17}) [+-][0-9]{4}");

    private static final Pattern FURTHER = Pattern.compile("([a-z][a-z0-9-]*) .*");
    private static final Set<String> ONCE =
            Set.of("tree", "parent", "author", "committer", "object", "type", "tag", "tagger");
    /** Git shows a message that names another encoding as other characters than its bytes in UTF-8. */
    private static final Pattern UTF8 = Pattern.compile("(?i)encoding utf-?8");

    private final String text;
    private final boolean cut;
    private int at;

    private GitObject(String text, boolean cut) {
        this.text = text;
        this.cut = cut;
    }

    /** The view of it; empty if it is no such object. */
    static Optional<ContentView> view(String text, boolean cut) {
        try {
            if (text.startsWith("tree ")) {
                return Optional.of(new GitObject(text, cut).commit());
            }
            if (text.startsWith("object ")) {
                return Optional.of(new GitObject(text, cut).tag());
            }
        } catch (OtherException _) {
            // Something that begins like one.
        }
        return Optional.empty();
    }

    private ContentView commit() throws OtherException {
        String tree = header("tree", ID);
        List<String> parents = new ArrayList<>();
        while (isNext("parent")) {
            parents.add(header("parent", ID));
        }
        Person author = person("author");
        Person committer = person("committer");
        if (parents.stream().anyMatch(parent -> parent.length() != tree.length())) {
            throw new OtherException();
        }
        endHeaders();
        return new ContentView.GitCommit(
                tree,
                parents.subList(0, Math.min(parents.size(), ContentView.PARENTS_MOST)),
                author.shown(),
                author.equals(committer) ? null : committer.shown(),
                subject(),
                ContentViews.shown(text, cut));
    }

    private ContentView tag() throws OtherException {
        String object = header("object", ID);
        String type = header("type", TYPE);
        String name = header("tag", NAME);
        @Nullable Person tagger = isNext("tagger") ? person("tagger") : null;
        endHeaders();
        return new ContentView.GitTag(
                claimed(name, false),
                object,
                type,
                tagger == null ? null : tagger.shown(),
                subject(),
                ContentViews.shown(text, cut));
    }

    private record Person(String name, String address) {
        ClaimedText shown() {
            return claimed(name + " <" + address + ">", false);
        }
    }

    private Person person(String key) throws OtherException {
        Matcher person = PERSON.matcher(header(key, PERSON));
        if (!person.matches()) {
            throw new OtherException();
        }
        return new Person(Objects.requireNonNull(person.group(1)), Objects.requireNonNull(person.group(2)));
    }

    private boolean isNext(String key) {
        return text.startsWith(key + " ", at);
    }

    private String header(String key, Pattern form) throws OtherException {
        if (!isNext(key)) {
            throw new OtherException();
        }
        String value = line().substring(key.length() + 1);
        if (!form.matcher(value).matches()) {
            throw new OtherException();
        }
        return value;
    }

    /** A whole line, which ends with a line feed. */
    private String line() throws OtherException {
        int end = text.indexOf('\n', at);
        if (end < 0) {
            throw new OtherException();
        }
        String line = text.substring(at, end);
        at = end + 1;
        return line;
    }

    /** Further headers, each with lines that continue it, and the empty line behind them. */
    private void endHeaders() throws OtherException {
        boolean first = true;
        for (String line = line(); !line.isEmpty(); line = line()) {
            Matcher further = FURTHER.matcher(line);
            boolean continues = line.startsWith(" ") && !first;
            if (!continues && (!further.matches() || ONCE.contains(further.group(1)))) {
                throw new OtherException();
            }
            if (line.startsWith("encoding ") && !UTF8.matcher(line).matches()) {
                throw new OtherException();
            }
            first = false;
        }
    }

    /** The message's first line with anything on it, as git has it. */
    private ClaimedText subject() {
        int from = at;
        while (from < text.length() && isBlank(text.charAt(from))) {
            from++;
        }
        int end = text.indexOf('\n', from);
        return end < 0 ? claimed(text.substring(from), cut) : claimed(text.substring(from, end), false);
    }

    private static boolean isBlank(char c) {
        return c == '\n' || c == ' ' || c == '\t' || c == '\r';
    }

    private static ClaimedText claimed(String text, boolean cut) {
        DisplayText safe = DisplayText.of(Untrusted.of(text), Limits.TEXT_CODE_POINTS);
        return new ClaimedText(safe.text(), safe.shortened() || cut);
    }

    /** It is no object of git. */
    private static final class OtherException extends Exception {
        private static final long serialVersionUID = 1;
    }
}
