// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.spectrum_os.portal.backend.daemon.Doctor.Finding;
import org.spectrum_os.portal.backend.daemon.Doctor.State;

/** Whether the host could ask for a passphrase in a window of its own. A key without a passphrase does without, so nothing here is wrong. */
final class PinentryCheck {
    private static final Pattern PROGRAM = Pattern.compile("\\s*pinentry-program\\s+(\\S.*?)\\s*");
    private static final Pattern LOOPBACK = Pattern.compile("\\s*pinentry-mode\\s+loopback\\s*");
    /** Where Debian's gpg-agent looks. */
    private static final Path USUAL = Path.of("/usr/bin/pinentry");

    private static final String ADVICE =
            "install one with a window (Debian: apt install pinentry-gnome3 or pinentry-qt), or name it in ";

    private PinentryCheck() {}

    static List<Finding> of(Path home, BriefCommand command, KeysCheck.Programs programs) throws IOException {
        var findings = new ArrayList<Finding>();
        findings.add(program(home, command, programs));
        if (lines(home.resolve("gpg.conf")).stream()
                .anyMatch(line -> LOOPBACK.matcher(line).matches())) {
            findings.add(care(
                    home,
                    home.resolve("gpg.conf")
                            + " says pinentry-mode loopback: gpg itself would ask for the passphrase, and has"
                            + " no terminal here",
                    "take that line out"));
        }
        return findings;
    }

    private static Finding program(Path home, BriefCommand command, KeysCheck.Programs programs) throws IOException {
        Path conf = home.resolve("gpg-agent.conf");
        String advice = ADVICE + conf + " (pinentry-program PATH)";
        Path program = named(conf).or(() -> built(command, programs)).orElse(USUAL);
        if (!Files.isExecutable(program)) {
            return care(home, program + " is no program, so no passphrase can be asked for", advice);
        }
        String name = String.valueOf(program.toRealPath().getFileName());
        if (name.contains("curses") || name.contains("tty")) {
            return care(home, program + " is " + name + ", which asks on a terminal, and there is none", advice);
        }
        return new Finding(check(home), State.GOOD, program.toString(), "");
    }

    private static Optional<Path> named(Path conf) throws IOException {
        return lines(conf).stream()
                .map(PROGRAM::matcher)
                .filter(Matcher::matches)
                .map(line -> Path.of(line.group(1)))
                .reduce((_, last) -> last);
    }

    /** As gpgconf knows it: {@code pinentry:Passphrase Entry:PATH}. */
    private static Optional<Path> built(BriefCommand command, KeysCheck.Programs programs) {
        try {
            return command.run(List.of(programs.gpgconf(), "--list-components")).stream()
                    .flatMap(BriefCommand.Answer::lines)
                    .map(line -> line.split(":", -1))
                    .filter(fields -> fields.length > 2 && fields[0].equals("pinentry") && fields[2].startsWith("/"))
                    .map(fields -> Path.of(fields[2]))
                    .findFirst();
        } catch (IOException e) {
            // Without gpgconf nobody knows better than the usual place.
            return Optional.empty();
        }
    }

    private static List<String> lines(Path conf) throws IOException {
        // Not UTF-8, perhaps; then the few words that matter are still found.
        return Files.isRegularFile(conf) ? Files.readAllLines(conf, StandardCharsets.ISO_8859_1) : List.of();
    }

    private static Finding care(Path home, String found, String advice) {
        return new Finding(check(home), State.CARE, found, advice);
    }

    private static String check(Path home) {
        return "pinentry of " + home;
    }
}
