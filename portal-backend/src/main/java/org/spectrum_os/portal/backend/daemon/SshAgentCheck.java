// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.spectrum_os.portal.backend.daemon.Doctor.Finding;
import org.spectrum_os.portal.backend.daemon.Doctor.State;

/** Whether an ssh-agent is there and has the keys that it should have. */
final class SshAgentCheck {
    private static final String SOCKET = "SSH_AUTH_SOCK";
    /** Of ssh-add: no agent could be asked. */
    private static final int NO_AGENT = 2;

    private final Map<String, String> environment;
    private final KeysCheck.Programs programs;

    SshAgentCheck(Map<String, String> environment, KeysCheck.Programs programs) {
        this.environment = environment;
        this.programs = programs;
    }

    /** @param named as the policy names it; empty for the session's */
    void agent(Optional<Path> named, List<KeysCheck.Owned> keys, List<Finding> findings) {
        Optional<Path> socket =
                named.or(() -> Optional.ofNullable(environment.get(SOCKET)).map(Path::of));
        if (socket.isEmpty()) {
            findings.add(new Finding(
                    "ssh-agent",
                    State.WRONG,
                    SOCKET + " is not set",
                    "start an ssh-agent with the session, or name the socket of one with \"agent\" in the policy"));
            return;
        }
        Path path = socket.get();
        if (!Files.exists(path)) {
            findings.add(new Finding(
                    "ssh-agent",
                    State.WRONG,
                    path + " does not exist",
                    "start an agent there (ssh-agent -a " + path + ")"
                            + (named.isPresent() ? ", or correct \"agent\" in the policy" : "")));
            return;
        }
        var asked = new HashMap<>(environment);
        asked.put(SOCKET, path.toString());
        try {
            listed(path, keys, new BriefCommand(asked).run(List.of(programs.sshAdd(), "-l", "-E", "sha256")), findings);
        } catch (IOException e) {
            findings.add(new Finding(
                    "ssh-agent",
                    State.WRONG,
                    programs.sshAdd() + " is not installed",
                    "install OpenSSH (Debian: apt install openssh-client)"));
        }
    }

    private static void listed(
            Path socket, List<KeysCheck.Owned> keys, Optional<BriefCommand.Answer> answer, List<Finding> findings) {
        if (answer.isEmpty() || answer.get().status() == NO_AGENT) {
            findings.add(new Finding(
                    "ssh-agent",
                    State.WRONG,
                    "the agent at " + socket + " does not answer"
                            + answer.map(said -> ": " + said.brief()).orElse(""),
                    "start it anew, then try: SSH_AUTH_SOCK=" + socket + " ssh-add -l"));
            return;
        }
        findings.add(new Finding("ssh-agent", State.GOOD, socket + " answers", ""));
        Set<String> there = answer.get()
                .lines()
                .map(line -> line.split(" ", -1))
                .filter(words -> words.length > 1)
                .map(words -> words[1])
                .collect(Collectors.toSet());
        for (KeysCheck.Owned key : keys) {
            findings.add(
                    there.contains(key.fingerprint())
                            ? new Finding(key.check(), State.GOOD, key.fingerprint() + " is in the agent", "")
                            : new Finding(
                                    key.check(),
                                    State.WRONG,
                                    key.fingerprint() + " is not in the agent at " + socket,
                                    "add it: SSH_AUTH_SOCK=" + socket + " ssh-add FILE"));
        }
    }
}
