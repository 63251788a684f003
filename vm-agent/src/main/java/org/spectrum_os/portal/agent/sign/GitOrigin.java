// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which repository git is signing in, for the user to see as a claim: its folder, and the address of its first remote without names and
 * passwords. Read from git's files (gitrepository-layout(5)), so that no program has to be started.
 */
final class GitOrigin {
    private static final int MOST_CHARACTERS = 512;
    private static final int MOST_FILE_BYTES = 64 * 1024;
    /** Folders above the present one in which a repository is looked for. */
    private static final int MOST_LEVELS = 64;

    private static final Pattern REMOTE = Pattern.compile("\\s*\\[remote \".*\"]\\s*");
    private static final Pattern SECTION = Pattern.compile("\\s*\\[.*");
    private static final Pattern URL = Pattern.compile("\\s*url\\s*=\\s*(.*?)\\s*", Pattern.CASE_INSENSITIVE);
    /** Scheme, who and the rest; git also takes {@code git@host:path}. */
    private static final Pattern WITH_USER = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*://)?[^/]*@(.*)", Pattern.DOTALL);

    private GitOrigin() {}

    /** The repository, at most 512 characters; empty if it is not git that has started this program. */
    static String find(Map<String, String> environment, Path folder) {
        String given = environment.get("GIT_DIR");
        if (given == null && !environment.containsKey("GIT_EXEC_PATH")) {
            return "";
        }
        try {
            Path top = folder.toRealPath();
            if (given != null) {
                return described(top, folder.resolve(given));
            }
            // git starts gpg in the top folder; a bare repository is its own.
            Path at = top;
            for (int level = 0; at != null && level < MOST_LEVELS; level++) {
                Path git = at.resolve(".git");
                if (Files.isDirectory(git)) {
                    return described(at, git);
                }
                if (Files.isRegularFile(git)) {
                    String line = start(git);
                    return described(
                            at, at.resolve(line.replaceFirst("^gitdir: ", "").strip()));
                }
                at = at.getParent();
            }
            return described(top, top);
        } catch (IOException | RuntimeException e) {
            // A claim that nothing depends on; the user is shown that there is none.
            return "";
        }
    }

    private static String described(Path top, Path git) throws IOException {
        Path common = git.resolve("commondir");
        Path config = (Files.isRegularFile(common) ? git.resolve(start(common).strip()) : git).resolve("config");
        String remote = Files.isRegularFile(config) ? firstRemote(start(config)) : null;
        String all = remote == null ? top.toString() : top + " (" + remote + ")";
        return all.length() <= MOST_CHARACTERS ? all : all.substring(0, cut(all));
    }

    /** A length within the limit that leaves no half of a character. */
    private static int cut(String text) {
        return Character.isHighSurrogate(text.charAt(MOST_CHARACTERS - 1)) ? MOST_CHARACTERS - 1 : MOST_CHARACTERS;
    }

    private static String start(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            return new String(content.readNBytes(MOST_FILE_BYTES), StandardCharsets.UTF_8);
        }
    }

    private static @Nullable String firstRemote(String config) {
        boolean remote = false;
        for (String line : config.split("\n", -1)) {
            if (SECTION.matcher(line).matches()) {
                remote = REMOTE.matcher(line).matches();
            } else if (remote) {
                Matcher url = URL.matcher(line);
                if (url.matches()) {
                    return withoutUser(url.group(1).replace("\"", ""));
                }
            }
        }
        return null;
    }

    static String withoutUser(String url) {
        Matcher withUser = WITH_USER.matcher(url);
        if (!withUser.matches()) {
            return url;
        }
        return (withUser.group(1) == null ? "" : withUser.group(1)) + withUser.group(2);
    }
}
