// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code ssh-keygen -Y sign} as ssh-keygen does, which is as getopt(3) does: options end at the first word that is none. */
sealed interface SshArguments {
    /** Something for the guest's own ssh-keygen. */
    record Own() implements SshArguments {}

    /** A signature that the host cannot make as it is wanted; {@code reason} names the option. */
    record Impossible(String reason) implements SshArguments {}

    /**
     * Signatures by the host.
     *
     * @param namespace what they are valid for
     * @param keyFile   the file with the public key, or with a secret key whose public half lies beside it
     * @param files     one signature for each; none for standard input
     * @param quiet     whether progress is of no interest
     */
    record Sign(String namespace, String keyFile, List<String> files, boolean quiet) implements SshArguments {}

    static SshArguments parse(List<String> words) {
        String action = null;
        String namespace = null;
        String keyFile = null;
        Impossible impossible = null;
        boolean quiet = false;
        List<String> files = new ArrayList<>();
        for (int at = 0; at < words.size(); at++) {
            String word = words.get(at);
            if (word.equals("--") || word.equals("-") || !word.startsWith("-")) {
                files.addAll(words.subList(word.equals("--") ? at + 1 : at, words.size()));
                break;
            }
            for (int letter = 1; letter < word.length(); letter++) {
                char option = word.charAt(letter);
                if (option == 'q') {
                    quiet = true;
                    continue;
                }
                // U says that the secret key is in an agent, and v that more is to be said.
                if (option == 'U' || option == 'v') {
                    continue;
                }
                if ("YnfO".indexOf(option) < 0) {
                    return new Own();
                }
                String value = letter + 1 < word.length() ? word.substring(letter + 1) : following(words, ++at);
                if (value == null) {
                    return new Own();
                }
                switch (option) {
                    case 'Y' -> action = value;
                    case 'n' -> namespace = value;
                    case 'f' -> keyFile = value;
                    default -> impossible = impossible != null ? impossible : refused(value);
                }
                break;
            }
        }
        if (!"sign".equals(action) || namespace == null || keyFile == null) {
            return new Own();
        }
        if (impossible != null) {
            return impossible;
        }
        if (!namespace.matches("[ -~]{1,256}")) {
            return new Impossible("-n needs 1 to 256 printable ASCII characters");
        }
        return new Sign(namespace, keyFile, List.copyOf(files), quiet);
    }

    private static @Nullable String following(List<String> words, int at) {
        return at < words.size() ? words.get(at) : null;
    }

    private static @Nullable Impossible refused(String option) {
        return option.toLowerCase(Locale.ROOT).equals("hashalg=sha512")
                ? null
                : new Impossible(
                        "-O " + option + " is not possible: the host signs with hashalg=sha512; leave the option out");
    }
}
