// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says where the store is. */
final class StateOption {
    private static final String HOST = "host";

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "The state folder, an absolute path; by default $XDG_STATE_HOME/spectrum-portal, else"
                    + " ~/.local/state/spectrum-portal. The store is its folder \"host\".")
    private @Nullable String state;

    /** The folder of the store that is served on the session bus. */
    Path storeFolder() throws StopException {
        return stateFolder(state, System.getenv()).resolve(HOST);
    }

    static Path stateFolder(@Nullable String option, Map<String, String> environment) throws StopException {
        if (option != null) {
            return absolute(option, "--state \"" + option + "\"");
        }
        return userFolder(environment, "XDG_STATE_HOME", ".local/state", "--state DIR")
                .resolve("spectrum-portal");
    }

    /**
     * A folder of the XDG base directory specification.
     *
     * @param below    where it is in the home folder, when the variable is not set
     * @param instead  the option that says it otherwise
     */
    static Path userFolder(Map<String, String> environment, String variable, String below, String instead)
            throws StopException {
        String value = environment.getOrDefault(variable, "");
        if (!value.isEmpty()) {
            return absolute(value, variable + "=\"" + value + "\"");
        }
        String home = environment.getOrDefault("HOME", "");
        if (home.isEmpty()) {
            throw new StopException("neither " + variable
                    + " nor HOME is set, so there is no place to look: set HOME, or" + " give " + instead);
        }
        return absolute(home, "HOME=\"" + home + "\"").resolve(below);
    }

    static Path absolute(String path, String where) throws StopException {
        try {
            Path folder = Path.of(path);
            if (folder.isAbsolute()) {
                return folder;
            }
        } catch (InvalidPathException e) {
            throw new StopException(where + " is no path: " + e.getReason() + "; give one", e);
        }
        throw new StopException(
                where
                        + " is a relative path, which would mean another folder wherever this is started: give one that begins with /");
    }
}
