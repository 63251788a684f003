// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.spectrum_os.portal.backend.daemon.Doctor.Finding;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.KeyPlace;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.backend.policy.Policy;

/** Whether the keys that instances may ask for are on this host, and can be used. Those that another VM holds are not looked at. */
final class KeysCheck {
    private KeysCheck() {}

    /**
     * The programs by which keys are used.
     *
     * @param gpg          and the others: name or path
     */
    record Programs(String gpg, String gpgConnectAgent, String gpgconf, String sshAdd) {
        static final Programs USUAL = new Programs("gpg", "gpg-connect-agent", "gpgconf", "ssh-add");
    }

    /** A rule, and the instance that has it. */
    record Owned(String instance, KeyRule rule) {
        /** What is examined. */
        String check() {
            return "key of " + instance;
        }

        String fingerprint() {
            return rule.key().fingerprint();
        }
    }

    /** Everything about keys, one place after the other. */
    static List<Finding> of(Policy policy, Map<String, String> environment, Programs programs) {
        var homes = new LinkedHashMap<Optional<Path>, List<Owned>>();
        var agents = new LinkedHashMap<Optional<Path>, List<Owned>>();
        for (Instance instance : policy.instances()) {
            for (KeyRule rule : instance.keys()) {
                var owned = new Owned(instance.name(), rule);
                switch (rule.place()) {
                    case KeyPlace.GnupgHome(var folder) ->
                        homes.computeIfAbsent(folder, _ -> new ArrayList<>()).add(owned);
                    case KeyPlace.SshAgent(var socket) ->
                        agents.computeIfAbsent(socket, _ -> new ArrayList<>()).add(owned);
                    case KeyPlace.Vault _ -> {
                        // Only that VM could tell, and it is asked when a key is used.
                    }
                }
            }
        }
        var findings = new ArrayList<Finding>();
        if (!homes.isEmpty()) {
            var check = new GpgCheck(environment, programs);
            if (check.version(findings)) {
                homes.forEach((home, keys) -> check.home(home, keys, findings));
            }
        }
        var check = new SshAgentCheck(environment, programs);
        agents.forEach((socket, keys) -> check.agent(socket, keys, findings));
        return findings;
    }
}
