// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a repository is said to be. */
final class GitOriginTest {
    private static final Map<String, String> BY_GIT = Map.of("GIT_EXEC_PATH", "/usr/lib/git-core");

    @TempDir
    Path given;

    private Path folder() throws Exception {
        return given.toRealPath();
    }

    @Test
    void nothingIsSaidOutsideGit() throws Exception {
        Files.createDirectory(folder().resolve(".git"));
        assertEquals("", GitOrigin.find(Map.of(), folder()));
    }

    @Test
    void theTopFolderAndTheFirstRemoteAreFound() throws Exception {
        Path git = Files.createDirectory(folder().resolve(".git"));
        assertEquals(folder().toString(), GitOrigin.find(BY_GIT, folder()));
        Files.writeString(git.resolve("config"), """
                [core]
                \turl = not this
                [branch "main"]
                \tremote = x
                [remote "upstream"]
                \tfetch = +refs/heads/*:refs/remotes/upstream/*
                \tURL = ssh://git:word@forge.example:22/a.git
                [remote "other"]
                \turl = https://other.example/
                """);
        String found = folder() + " (ssh://forge.example:22/a.git)";
        assertEquals(found, GitOrigin.find(BY_GIT, folder()));
        Path below = Files.createDirectories(folder().resolve("a/b"));
        assertEquals(found, GitOrigin.find(BY_GIT, below));
        assertEquals(found, GitOrigin.find(Map.of("GIT_DIR", ".git"), folder()));
        // A work tree of its own, as git worktree makes it.
        Path meta = Files.createDirectories(git.resolve("worktrees/w"));
        Files.writeString(meta.resolve("commondir"), "../..\n");
        Path tree = Files.createDirectory(folder().resolve("w"));
        Files.writeString(tree.resolve(".git"), "gitdir: " + meta + "\n");
        assertEquals(tree + " (ssh://forge.example:22/a.git)", GitOrigin.find(BY_GIT, tree));
    }

    @Test
    void itIsShortAndNeverFails() throws Exception {
        Path git = Files.createDirectory(folder().resolve(".git"));
        String prefix = folder() + " (";
        Files.writeString(
                git.resolve("config"),
                "[remote \"o\"]\nurl = " + "u".repeat(511 - prefix.length()) + "\uD83D\uDE00" + "u".repeat(5000));
        assertEquals(511, GitOrigin.find(BY_GIT, folder()).length());
        Files.delete(git.resolve("config"));
        Files.createDirectory(git.resolve("config"));
        assertEquals(folder().toString(), GitOrigin.find(BY_GIT, folder()));
        Path tree = Files.createDirectory(folder().resolve("w"));
        Files.writeString(tree.resolve(".git"), "gitdir: \0\n");
        assertEquals("", GitOrigin.find(BY_GIT, tree));
        assertTrue(GitOrigin.find(Map.of("GIT_DIR", "/nowhere"), folder()).startsWith(folder().toString()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    https://forge.example/a          | https://forge.example/a
                    https://user@forge.example/a     | https://forge.example/a
                    https://u:p@w@forge.example/a@b  | https://forge.example/a@b
                    git@forge.example:a.git          | forge.example:a.git
                    /srv/git/a@b.git                 | /srv/git/a@b.git
                    """)
    void namesAndPasswordsAreLeftOut(String url, String shown) {
        assertEquals(shown, GitOrigin.withoutUser(url));
    }
}
