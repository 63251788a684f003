// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.keys;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sockets that the service manager listens on for this program, by systemd's protocol (sd_listen_fds(3)). */
final class InheritedSockets {
    private static final int FIRST = 3;

    private InheritedSockets() {}

    /**
     * The descriptors by their names; none if the environment is not meant for this process.
     *
     * @throws IllegalArgumentException if the environment makes no sense; the message says what to do
     */
    static Map<String, Integer> of(Map<String, String> environment, long pid) {
        Map<String, Integer> sockets = new LinkedHashMap<>();
        if (!Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            return sockets;
        }
        String count = environment.getOrDefault("LISTEN_FDS", "");
        String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
        if (!count.equals(Integer.toString(names.length))
                || !Set.of("gpg", "ssh").containsAll(List.of(names))) {
            throw new IllegalArgumentException("LISTEN_FDS says '" + count + "' and LISTEN_FDNAMES names the sockets"
                    + " as '" + String.join(":", names)
                    + "'; give each socket unit a FileDescriptorName=gpg or FileDescriptorName=ssh");
        }
        for (int i = 0; i < names.length; i++) {
            if (sockets.put(names[i], FIRST + i) != null) {
                throw new IllegalArgumentException(
                        "two sockets are named '" + names[i] + "'; one may be named gpg and one ssh");
            }
        }
        return sockets;
    }
}
