// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which servers have which keys, by the names in a list of known hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Names that are hashed, or
 * patterns, name nobody and are left out, as are certificate authorities and what is malformed. A key that is revoked anywhere in the list
 * has no name.
 */
public final class KnownHosts {
    /** Characters of a list; one with 10000 servers has about two million. */
    public static final int MOST_CHARS = 16 * 1024 * 1024;
    /** Names that are kept of one key. */
    public static final int MOST_NAMES = 8;

    /** Characters of a name: DNS has 253; brackets and a port. */
    private static final int NAME_CHARS = 261;

    private final Map<String, List<String>> names = new HashMap<>();
    private final Set<String> revoked = new HashSet<>();

    private KnownHosts() {}

    /** With nobody in it. */
    public static KnownHosts none() {
        return new KnownHosts();
    }

    /**
     * Reads such a list to its end; the reader stays open.
     *
     * @throws IOException if it cannot be read, or is longer than {@link #MOST_CHARS}: what is revoked may stand at the end
     */
    public static KnownHosts read(Reader list) throws IOException {
        var known = new KnownHosts();
        var lines = new BufferedReader(list);
        var line = new StringBuilder();
        int chars = 0;
        for (int c = lines.read(); c >= 0; c = lines.read()) {
            if (++chars > MOST_CHARS) {
                throw new IOException("the list of known hosts is longer than " + MOST_CHARS
                        + " characters, no server is named by it: shorten it");
            }
            if (c == '\n') {
                known.add(line);
            } else {
                line.append((char) c);
            }
        }
        known.add(line);
        return known;
    }

    private void add(StringBuilder text) {
        String line = text.toString().strip();
        text.setLength(0);
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        List<String> fields = new ArrayList<>(Arrays.asList(line.split("[ \t]+", 5)));
        String mark = fields.getFirst().startsWith("@") ? fields.removeFirst() : "";
        if (fields.size() < 3) {
            return;
        }
        String key = key(fields.get(2));
        switch (mark) {
            case "" -> addNames(key, fields.getFirst());
            case "@revoked" -> revoked.add(key);
            default -> {
                // A certificate authority, or something new: no key of a server.
            }
        }
    }

    /** In hexadecimal; empty if it is none. */
    private static String key(String base64) {
        try {
            return SshKey.of(Base64.getDecoder().decode(base64), "").hex();
        } catch (IllegalArgumentException _) {
            return "";
        }
    }

    private void addNames(String key, String patterns) {
        List<String> all = names.computeIfAbsent(key, _ -> new ArrayList<>());
        for (String name : patterns.split(",", 0)) {
            if (isName(name) && all.size() < MOST_NAMES && !all.contains(name)) {
                all.add(name);
            }
        }
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= NAME_CHARS
                && name.chars().allMatch(c -> c > ' ' && c < 0x7f && "*?!|".indexOf(c) < 0);
    }

    /** What a server with this key is called, in the list's order, at most {@link #MOST_NAMES}: printable ASCII. */
    public List<String> names(SshKey server) {
        if (revoked.contains(server.hex())) {
            return List.of();
        }
        return List.copyOf(names.getOrDefault(server.hex(), List.of()));
    }
}
