// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.keys;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The programs of GnuPG in this VM. Their complaints go to standard error.
 *
 * @param home the folder to use in place of gpg's own choice, or null
 */
record GnuPg(@Nullable String home) {
    /** Bytes that a program may print where it is asked a question. */
    private static final int MOST_OUTPUT = 4 * 1024 * 1024;

    /** Starts a program; the caller ends its standard input, reads its standard output and waits for it. */
    Process start(String program, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(program));
        if (home != null) {
            command.add("--homedir");
            command.add(home);
        }
        command.addAll(Arrays.asList(words));
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new IOException(
                    "this VM has no " + program + " that can be run (" + e.getMessage()
                            + "); install GnuPG, or set PATH",
                    e);
        }
    }

    /** What a program prints, which must end well. */
    String ask(String program, String... words) throws IOException {
        return finish(program, "", words);
    }

    /** Runs a program on {@code input}; it must end well. Returns what it prints. */
    String finish(String program, String input, String... words) throws IOException {
        Process process = start(program, words);
        try (OutputStream to = process.getOutputStream();
                InputStream from = process.getInputStream()) {
            to.write(input.getBytes(StandardCharsets.UTF_8));
            to.close();
            byte[] output = from.readNBytes(MOST_OUTPUT + 1);
            if (output.length > MOST_OUTPUT) {
                throw new IOException(program + " prints more than " + MOST_OUTPUT + " bytes where it was asked "
                        + String.join(" ", words));
            }
            await(process, program);
            return new String(output, StandardCharsets.UTF_8);
        } finally {
            process.destroy();
        }
    }

    /** Waits for the end of a program, which must be a good one. */
    static void await(Process process, String program) throws IOException {
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(program + " failed with status " + status + "; its message is above");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + program + " was running", e);
        }
    }

    /** A path of this installation, such as {@code agent-socket}. */
    String directory(String name) throws IOException {
        return ask("gpgconf", "--list-dirs", name).strip();
    }

    /** The fingerprints of the primary keys in the listing that {@code --with-colons} makes (doc/DETAILS of GnuPG). */
    static List<String> primaryFingerprints(String listing) {
        List<String> fingerprints = new ArrayList<>();
        boolean primary = false;
        for (String line : listing.split("\n", -1)) {
            String[] fields = line.split(":", -1);
            switch (fields[0]) {
                case "pub", "sec" -> primary = true;
                case "sub", "ssb" -> primary = false;
                case "fpr" -> {
                    if (primary && fields.length > 9) {
                        fingerprints.add(fields[9]);
                    }
                    primary = false;
                }
                default -> {}
            }
        }
        return fingerprints;
    }
}
