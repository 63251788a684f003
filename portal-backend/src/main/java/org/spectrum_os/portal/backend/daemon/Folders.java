// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The user's folders, by the XDG base directory specification.
 *
 * @param policy  the default policy file
 * @param state   what must be kept
 * @param runtime sockets of this login session; empty outside one
 */
public record Folders(Path policy, Path state, Optional<Path> runtime) {
    private static final String NAME = "spectrum-portal";

    /** Reads the environment. Relative values are ignored, as the specification asks. */
    public static Folders of(Map<String, String> environment) {
        Path home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")));
        return new Folders(
                absolute(environment, "XDG_CONFIG_HOME")
                        .orElse(home.resolve(".config"))
                        .resolve(NAME)
                        .resolve("policy.json"),
                absolute(environment, "XDG_STATE_HOME")
                        .orElse(home.resolve(".local/state"))
                        .resolve(NAME),
                absolute(environment, "XDG_RUNTIME_DIR").map(folder -> folder.resolve(NAME)));
    }

    private static Optional<Path> absolute(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(value -> value.startsWith("/"))
                .map(Path::of);
    }
}
