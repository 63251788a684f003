// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.spectrum_os.portal.backend.daemon.Doctor.Finding;
import org.spectrum_os.portal.backend.daemon.Doctor.State;

/** Looks at the folder in which an instance's leases are kept. Changes nothing, and takes no lock. */
final class StateCheck {
    /** As docs/store.md has them. */
    private static final String LOCK = "lock";

    private static final String STORE = "store.jsonl";
    private static final String JOURNALS = "journal-*.jsonl";
    private static final String DAMAGED = "damaged-*";

    private final Path locks;
    private final OptionalLong backend;

    /**
     * @param locks   what the kernel says about locks: /proc/locks (proc(5))
     * @param backend the process that is the backend; empty if none runs
     */
    StateCheck(Path locks, OptionalLong backend) {
        this.locks = locks;
        this.backend = backend;
    }

    /** What there is to say about an instance's folder; nothing if it has none, as nothing was ever lent to it. */
    List<Finding> of(String instance, Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        String check = "leases of " + instance;
        var findings = new ArrayList<Finding>();
        try {
            if (!Files.isDirectory(folder) || !Files.isWritable(folder) || !Files.isExecutable(folder)) {
                return List.of(new Finding(
                        check,
                        State.WRONG,
                        folder + " is no folder this user can write to",
                        "make it this user's, mode 0700; until then nothing is lent to " + instance));
            }
            int damaged = list(folder, DAMAGED).size();
            if (damaged > 0) {
                findings.add(new Finding(
                        check,
                        State.CARE,
                        damaged + " file(s) named damaged-… in " + folder,
                        "what could be read of them is in use; look at the rest, then move them elsewhere"));
            }
            boolean stored = Files.exists(folder.resolve(STORE))
                    || !list(folder, JOURNALS).isEmpty();
            OptionalLong holder = holder(folder.resolve(LOCK));
            if (holder.isPresent() && !holder.equals(backend)) {
                findings.add(new Finding(
                        check,
                        State.WRONG,
                        folder + " is in use by process " + holder.getAsLong() + ", which is not the backend",
                        "end that process, then start the backend anew"));
            } else if (holder.isEmpty() && backend.isPresent() && stored) {
                findings.add(new Finding(
                        check,
                        State.WRONG,
                        "the backend has not opened " + folder,
                        "its log says why; then start it anew"));
            }
        } catch (IOException e) {
            findings.add(new Finding(check, State.WRONG, "cannot be examined: " + e.getMessage(), "see " + folder));
        }
        if (findings.isEmpty()) {
            findings.add(new Finding(check, State.GOOD, folder.toString(), ""));
        }
        return findings;
    }

    private static List<Path> list(Path folder, String glob) throws IOException {
        try (var found = Files.newDirectoryStream(folder, glob)) {
            var list = new ArrayList<Path>();
            found.forEach(list::add);
            return list;
        }
    }

    /** The process that holds the lock: the one that wrote its number there, if it is alive and the kernel says that it has a lock on it. */
    private OptionalLong holder(Path lock) throws IOException {
        if (!Files.exists(lock)) {
            return OptionalLong.empty();
        }
        String pid = Files.readString(lock).strip();
        String inode = String.valueOf(Files.getAttribute(lock, "unix:ino"));
        try (Stream<String> lines = Files.lines(locks)) {
            // 1: POSIX  ADVISORY  WRITE 4711 fe:01:131 0 EOF
            boolean held = lines.map(line -> line.strip().split("\\s+"))
                    .anyMatch(word -> word.length > 5
                            && word[1].equals("POSIX")
                            && word[4].equals(pid)
                            && word[5].endsWith(":" + inode));
            return held ? OptionalLong.of(Long.parseLong(pid)) : OptionalLong.empty();
        }
    }
}
