// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContentView;

/** Commits and tags of git, and what only looks like one. */
class GitObjectTest {
    private static final String TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    private static final String PARENT = "1".repeat(40);
    private static final String AUTHOR = "author Jo Doe <jo@home.example> 1764360000 +0100\n";
    private static final String COMMITTER = "committer Jo Doe <jo@home.example> 1764360001 +0100\n";
    private static final String COMMIT = "tree " + TREE + "\nparent " + PARENT + "\n" + AUTHOR + COMMITTER;
    private static final String TAG = "object " + PARENT + "\ntype commit\ntag v1.0\n";
    private static final String TAGGER = "tagger Jo Doe <jo@home.example> 1764360000 -0500\n";

    private static ContentView view(String text) {
        return ContentViews.of(text.getBytes(UTF_8), false);
    }

    private static ContentView.GitCommit commit(String text) {
        return assertInstanceOf(ContentView.GitCommit.class, view(text));
    }

    private static ContentView.GitTag tag(String text) {
        return assertInstanceOf(ContentView.GitTag.class, view(text));
    }

    @Test
    void aCommitIsReadAndShownWhole() {
        String text = COMMIT + "\nFix the thing\n\nIt was broken.\n";
        ContentView.GitCommit commit = commit(text);

        assertEquals(TREE, commit.tree());
        assertEquals(List.of(PARENT), commit.parents());
        assertEquals("Jo Doe <jo@home.example>", commit.author().text());
        assertNull(commit.committer());
        assertEquals("Fix the thing", commit.subject().text());
        assertEquals(text, commit.whole().text());
        assertFalse(commit.whole().shortened());
    }

    @Test
    void anotherCommitterIsNamed() {
        ContentView.GitCommit commit =
                commit("tree " + TREE + "\n" + AUTHOR + COMMITTER.replace("Jo Doe", "Somebody") + "\nm");

        assertEquals(new ClaimedText("Somebody <jo@home.example>", false), commit.committer());
        assertEquals(List.of(), commit.parents());
    }

    @Test
    void furtherHeadersAreInTheWholeText() {
        String merge = "mergetag object " + PARENT + "\n type commit\n tag v1\n tagger A <a@b> 1 +0000\n \n Message\n";
        String text = COMMIT + "encoding UTF-8\n" + merge + "\nMerge\n";
        assertEquals(text, commit(text).whole().text());
    }

    @Test
    void sha256IdsAndManyParentsAndNoMessageAreFine() {
        String id = "a".repeat(64);
        ContentView.GitCommit commit =
                commit("tree " + id + "\n" + ("parent " + id + "\n").repeat(40) + AUTHOR + COMMITTER + "\n");

        assertEquals(ContentView.PARENTS_MOST, commit.parents().size());
        assertEquals("", commit.subject().text());
    }

    @Test
    void aTagIsReadWithAndWithoutATagger() {
        ContentView.GitTag tag = tag(TAG + TAGGER + "\nRelease\n");
        assertEquals("v1.0", tag.name().text());
        assertEquals(PARENT, tag.object());
        assertEquals("commit", tag.type());
        assertEquals(new ClaimedText("Jo Doe <jo@home.example>", false), tag.tagger());
        assertEquals("Release", tag.subject().text());

        assertNull(tag(TAG + "\nOld\n").tagger());
    }

    @Test
    void aCommitInsideATagIsTheTagsMessage() {
        ContentView.GitTag tag = tag(TAG + TAGGER + "\n" + COMMIT + "\nInnocent\n");
        assertEquals("tree " + TREE, tag.subject().text());
    }

    @Test
    void aLongCommitIsShownShortened() {
        byte[] all = (COMMIT + "\nSubject\n\n" + "x".repeat(ContentViews.SEEN_BYTES)).getBytes(UTF_8);
        var commit = assertInstanceOf(ContentView.GitCommit.class, ContentViews.of(all, false));
        assertTrue(commit.whole().shortened());
        assertFalse(commit.subject().shortened());
        assertEquals(ContentViews.SEEN_BYTES, commit.whole().text().length());
    }

    @Test
    void aSubjectThatIsCutSaysSo() {
        var commit = assertInstanceOf(
                ContentView.GitCommit.class, ContentViews.of((COMMIT + "\nSub").getBytes(UTF_8), true));
        assertEquals("Sub…", commit.subject().shown());
        ContentView.GitCommit longer = commit(COMMIT + "\n" + "s".repeat(513));
        assertTrue(longer.subject().shortened());
    }

    @Test
    void blankLinesBeforeTheSubjectHideNothing() {
        assertEquals(
                "Real", commit(COMMIT + "\n\n \t\n\r\nReal\nmore").subject().text());
    }

    @Test
    void whatCouldDeceiveInASubjectIsVisible() {
        ContentView.GitCommit commit = commit(COMMIT + "\nGood\u2028Bad\u0085\u202Egnp\u200B.exe\rOther\tend\u2029\n");
        assertEquals(
                "Good⟨U+2028⟩Bad⟨U+0085⟩⟨U+202E⟩gnp⟨U+200B⟩.exe⟨U+000D⟩Other⟨U+0009⟩end⟨U+2029⟩",
                commit.subject().text());
        assertTrue(commit.whole().text().contains("Good⟨U+2028⟩Bad"));
    }

    @Test
    void whatCouldDeceiveInANameIsVisible() {
        ContentView.GitCommit commit =
                commit("tree " + TREE + "\n" + AUTHOR.replace("Jo Doe", "J\u202Eo") + COMMITTER + "\nm");
        assertEquals("J⟨U+202E⟩o <jo@home.example>", commit.author().text());
        assertEquals(
                "v1⟨U+200B⟩",
                tag(TAG.replace("v1.0", "v1\u200B") + "\nm").name().text());
    }

    static Stream<String> notQuiteOne() {
        String tree = "tree " + TREE + "\n";
        String parent = "parent " + PARENT + "\n";
        String object = "object " + PARENT + "\n";
        return Stream.of(
                // Without an empty line; with two authors, two committers, none of either, the wrong way round.
                COMMIT,
                tree + AUTHOR + AUTHOR + COMMITTER + "\nm",
                tree + AUTHOR + COMMITTER + COMMITTER + "\nm",
                tree + AUTHOR + COMMITTER + AUTHOR + "\nm",
                tree + AUTHOR + "\nm",
                tree + COMMITTER + "\nm",
                tree + COMMITTER + AUTHOR + "\nm",
                // Headers that come again or too late.
                tree + AUTHOR + parent + COMMITTER + "\nm",
                tree + AUTHOR + COMMITTER + parent + "\nm",
                tree + tree + AUTHOR + COMMITTER + "\nm",
                COMMIT + "tagger Jo\n\nm",
                // Further headers that are none.
                COMMIT + " continues nothing\n\nm",
                COMMIT + "Upper case\n\nm",
                COMMIT + "novalue\n\nm",
                COMMIT + "\tx\n\nm",
                // Git shows such a message as something else.
                COMMIT + "encoding UTF-7\n\nm",
                // Blanks too many.
                "tree  " + TREE + "\n" + AUTHOR + COMMITTER + "\nm",
                "tree " + TREE + " \n" + AUTHOR + COMMITTER + "\nm",
                "tree " + TREE + "\r\n" + AUTHOR + COMMITTER + "\nm",
                " " + COMMIT + "\nm",
                "\n" + COMMIT + "\nm",
                "commit 200\n" + COMMIT + "\nm",
                // Ids of the wrong form and length.
                COMMIT.replace(TREE, TREE.replace('b', 'B')) + "\nm",
                COMMIT.replace(TREE, TREE.replace('b', 'g')) + "\nm",
                COMMIT.replace(TREE, TREE.substring(1)) + "\nm",
                COMMIT.replace(PARENT, "a".repeat(64)) + "\nm",
                // Persons of the wrong form.
                COMMIT.replace("Jo Doe <jo@home.example> 1764360000", "Jo Doe <jo@home.example 1764360000") + "\nm",
                COMMIT.replace("<jo@home.example> 1764360000", "<jo@home.example>") + "\nm",
                COMMIT.replace("<jo@home.example> 1764360000", "<a> <b> 1764360000") + "\nm",
                COMMIT.replace("1764360000", "01764360000") + "\nm",
                COMMIT.replace("+0100", "+01000") + "\nm",
                COMMIT.replace("+0100", "0100") + "\nm",
                COMMIT.replace("Jo Doe <", "<") + "\nm",
                // Tags.
                TAG + TAGGER,
                TAG.replace("commit", "file") + "\nm",
                TAG.replace("v1.0", "") + "\nm",
                TAG + "tagger nobody\n\nm",
                TAG + "tag other\n\nm",
                TAG + TAGGER + TAGGER + "\nm",
                TAG + TAGGER + AUTHOR + "\nm",
                object + "tag v1.0\ntype commit\n\nm",
                object + object + "type commit\ntag v1.0\n\nm");
    }

    @ParameterizedTest
    @MethodSource("notQuiteOne")
    void whatIsNotQuiteOneIsText(String text) {
        assertInstanceOf(ContentView.Text.class, view(text), text);
    }

    @Test
    void headersThatAreCutAreNoHeaders() {
        assertInstanceOf(ContentView.Text.class, ContentViews.of(COMMIT.getBytes(UTF_8), true));
    }

    @Test
    void whatGitHasSignedIsWhatIsRead(@TempDir Path folder) throws Exception {
        git(folder, "init", "-q");
        git(folder, "commit", "-q", "--allow-empty", "-m", "First");
        git(folder, "commit", "-q", "--allow-empty", "-m", "Second subject\n\nBody");
        git(folder, "tag", "-a", "-m", "Release", "v2");

        ContentView.GitCommit commit = commit(git(folder, "cat-file", "commit", "HEAD"));
        assertEquals("Jo Doe <jo@home.example>", commit.author().text());
        assertEquals(List.of(git(folder, "rev-parse", "HEAD~").strip()), commit.parents());
        assertEquals(TREE, commit.tree());
        ContentView.GitTag tag = tag(git(folder, "cat-file", "tag", "v2"));
        assertEquals("v2", tag.name().text());
        assertEquals(git(folder, "rev-parse", "HEAD").strip(), tag.object());
    }

    private static String git(Path folder, String... words) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("git", "-C", folder.toString(), "-c", "user.name=Jo Doe", "-c", "user.email=jo@home.example"));
        command.addAll(List.of(words));
        Process git = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(git.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, git.waitFor(), printed);
        return printed;
    }
}
