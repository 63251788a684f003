// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.spectrum_os.portal.backend.daemon.Doctor.Finding;
import org.spectrum_os.portal.backend.daemon.Doctor.State;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.backend.sign.PermittedKey;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;

/** Whether GnuPG is there, its agents answer, and the secret keys are in their homes and fit for what they may be asked for. */
final class GpgCheck {
    /** As {@code gpg --version} begins. */
    private static final Pattern VERSION = Pattern.compile("gpg \\(GnuPG[^)]*\\) (([0-9]+)\\.([0-9]+)\\S*)");

    private static final int MAJOR_LEAST = 2;
    private static final int MINOR_LEAST = 2;

    private final Map<String, String> environment;
    private final KeysCheck.Programs programs;
    private final BriefCommand command;

    GpgCheck(Map<String, String> environment, KeysCheck.Programs programs) {
        this.environment = environment;
        this.programs = programs;
        this.command = new BriefCommand(environment);
    }

    /** Whether there is a GnuPG that anything else can be asked of. */
    boolean version(List<Finding> findings) {
        try {
            String said = command.run(List.of(programs.gpg(), "--version"))
                    .map(BriefCommand.Answer::said)
                    .orElse("");
            Matcher version = VERSION.matcher(said);
            if (!version.find()) {
                findings.add(new Finding(
                        "gpg", State.WRONG, "does not tell its version", "try: " + programs.gpg() + " --version"));
                return false;
            }
            int major = Integer.parseInt(version.group(2));
            int minor = Integer.parseInt(version.group(3));
            boolean good = major > MAJOR_LEAST || (major == MAJOR_LEAST && minor >= MINOR_LEAST);
            findings.add(new Finding(
                    "gpg",
                    good ? State.GOOD : State.WRONG,
                    "GnuPG " + version.group(1),
                    good ? "" : "install GnuPG " + MAJOR_LEAST + "." + MINOR_LEAST + " or newer"));
            return good;
        } catch (IOException e) {
            findings.add(new Finding(
                    "gpg",
                    State.WRONG,
                    programs.gpg() + " is not installed",
                    "install GnuPG (Debian: apt install gnupg)"));
            return false;
        }
    }

    /** @param named as the policy names it; empty for the user's own */
    void home(Optional<Path> named, List<KeysCheck.Owned> keys, List<Finding> findings) {
        Path home = named.orElseGet(this::own);
        String option = named.map(path -> " --homedir " + path).orElse("");
        if (!Files.isDirectory(home)) {
            // gpg would make it.
            findings.add(new Finding(
                    "keys in " + home,
                    State.WRONG,
                    "there is no such folder",
                    named.isPresent()
                            ? "correct \"home\" in the policy"
                            : "make a key (gpg --full-generate-key), bring one (gpg --import FILE), or name its \"home\" in the"
                                    + " policy"));
            return;
        }
        try {
            if (agent(home, named, option, findings)) {
                findings.addAll(PinentryCheck.of(home, command, programs));
                for (KeysCheck.Owned key : keys) {
                    if (!key(home, named, option, key, findings)) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            findings.add(new Finding(
                    "keys in " + home,
                    State.WRONG,
                    "a part of GnuPG is missing: " + e.getMessage(),
                    "install all of GnuPG (Debian: apt install gnupg)"));
        }
    }

    private Path own() {
        String home = environment.get("GNUPGHOME");
        return home == null || home.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".gnupg")
                : Path.of(home);
    }

    private static List<String> in(Optional<Path> home, String program, String... arguments) {
        var all = new ArrayList<String>(List.of(program));
        home.ifPresent(path -> all.addAll(List.of("--homedir", path.toString())));
        all.addAll(List.of(arguments));
        return all;
    }

    private boolean agent(Path home, Optional<Path> named, String option, List<Finding> findings) throws IOException {
        String check = "gpg-agent of " + home;
        Optional<BriefCommand.Answer> answer =
                command.run(in(named, programs.gpgConnectAgent(), "GETINFO version", "/bye"));
        boolean good = answer.filter(said -> said.status() == 0)
                .filter(said -> said.lines().anyMatch("OK"::equals))
                .isPresent();
        findings.add(
                good
                        ? new Finding(check, State.GOOD, "answers", "")
                        : new Finding(
                                check,
                                State.WRONG,
                                answer.map(said -> "cannot be reached: " + said.brief())
                                        .orElse("does not answer within " + BriefCommand.PATIENCE.toSeconds() + " s"),
                                "end it (gpgconf" + option + " --kill gpg-agent), then try: gpg-connect-agent" + option
                                        + " --verbose /bye"));
        return good;
    }

    /** Whether it makes sense to ask about another. */
    private boolean key(Path home, Optional<Path> named, String option, KeysCheck.Owned key, List<Finding> findings)
            throws IOException {
        Optional<BriefCommand.Answer> answer = command.run(in(
                named,
                programs.gpg(),
                "--batch",
                "--no-tty",
                "--with-colons",
                "--list-secret-keys",
                key.fingerprint()));
        if (answer.isEmpty()) {
            findings.add(new Finding(
                    key.check(),
                    State.WRONG,
                    key.fingerprint() + ": gpg does not answer within " + BriefCommand.PATIENCE.toSeconds() + " s",
                    "try: gpg" + option + " --list-secret-keys"));
            return false;
        }
        Optional<OpenpgpKey> secret =
                OpenpgpKey.listed(answer.get().said()).stream().findFirst();
        if (secret.isEmpty()) {
            findings.add(new Finding(
                    key.check(),
                    State.WRONG,
                    key.fingerprint() + ": its secret is not in " + home,
                    "bring it (gpg" + option + " --import FILE; of a card: gpg" + option
                            + " --card-status), or correct \"keys\" of " + key.instance() + " in the policy"));
        } else {
            findings.add(fitness(key, secret.get(), option));
        }
        return true;
    }

    private static Finding fitness(KeysCheck.Owned key, OpenpgpKey secret, String option) {
        if (!secret.fingerprint().equals(key.fingerprint())) {
            return new Finding(
                    key.check(),
                    State.WRONG,
                    key.fingerprint() + " is a subkey",
                    "name its main key in the policy: " + secret.fingerprint());
        }
        KeyRule rule = key.rule();
        List<String> lacking = KeyTask.asked(rule)
                .filter(task -> !task.isPossible(secret))
                .map(task -> task.use().word())
                .toList();
        if (!lacking.isEmpty()) {
            return new Finding(
                    key.check(),
                    State.WRONG,
                    key.fingerprint() + ": no part of it that is here, and valid, can " + String.join(" or ", lacking),
                    "see which have expired or are elsewhere: gpg" + option + " --list-secret-keys "
                            + key.fingerprint());
        }
        var permitted = new PermittedKey(rule, secret);
        return KeyTask.asked(rule)
                .filter(task -> task.isOfHashes(rule) && !task.isDoneAtAgent(permitted))
                .findFirst()
                .map(task -> closed(key, task, task.beyond(permitted), option))
                .orElseGet(() -> new Finding(key.check(), State.GOOD, key.fingerprint() + " is here", ""));
    }

    /** Of a task that nothing does at the agent's socket, though it was meant to. */
    private static Finding closed(KeysCheck.Owned key, KeyTask task, Set<KeyUse> beyond, String option) {
        String use = task.use().word();
        if (key.rule().contentRequired()) {
            return new Finding(
                    key.check(),
                    State.CARE,
                    key.fingerprint() + ": its content must be seen, so it can " + use
                            + " nothing by way of the guest's agent" + " socket",
                    "remove \"" + use + "\", or \"content\": \"required\", in the policy");
        }
        String more = beyond.stream().map(KeyUse::word).collect(Collectors.joining(" and "));
        return new Finding(
                key.check(),
                State.CARE,
                key.fingerprint() + ": the part that can " + use + " can " + more
                        + " as well, so it is not used by way of the guest's agent socket",
                "add a subkey (gpg" + option + " --quick-add-key " + key.fingerprint() + " default " + task.usage()
                        + "), or "
                        + beyond.stream()
                                .map(one -> "\"" + one.word() + "\": \"ask\"")
                                .collect(Collectors.joining(" and "))
                        + " in the policy"
                        + (task.use() == KeyUse.SIGN ? ", or \"content\": \"required\"" : ""));
    }
}
