// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.KeyName;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.keys.ssh.SshAgentClient;
import org.spectrum_os.portal.keys.ssh.SshAgentFailure;
import org.spectrum_os.portal.keys.ssh.SshKey;
import org.spectrum_os.portal.protocol.LogBudget;

/** The keys that there are of those that the policy lets an instance ask for. Thread-safe; looks anew each time. */
final class Keychain {
    private static final System.Logger LOG = System.getLogger(Keychain.class.getName());

    private final KeyPlaces places;
    private final Function<String, Optional<Instance>> current;
    private final LogBudget lines = new LogBudget();

    Keychain(KeyPlaces places, Function<String, Optional<Instance>> current) {
        this.places = places;
        this.current = current;
    }

    private List<KeyRule> rules(String instance) {
        return current.apply(instance).map(Instance::keys).orElse(List.of());
    }

    /** OpenPGP keys, in the policy's order. What cannot be looked at is left out, and told in the log. */
    List<UsableKey> openpgp(String instance) {
        var usable = new ArrayList<UsableKey>();
        for (KeyRule rule : rules(instance)) {
            if (rule.key() instanceof KeyName.Gpg(String fingerprint)) {
                try {
                    var home = places.home(rule.place());
                    home.keys().stream()
                            .filter(key -> key.fingerprint().equals(fingerprint))
                            .findFirst()
                            .ifPresent(key -> usable.add(new UsableKey(rule, home, key)));
                } catch (IOException e) {
                    tell(instance, fingerprint, e);
                }
            }
        }
        return usable;
    }

    /** An SSH key that an instance may ask for. */
    record UsableSshKey(KeyRule rule, SshKey key) {}

    /** The agent that has a rule's key; the caller's, for one operation. */
    SshAgentClient agent(KeyRule rule) {
        return new SshAgentClient(places.sshAgent(rule.place())::connect);
    }

    /** SSH keys, in the policy's order. */
    List<UsableSshKey> ssh(String instance) {
        var usable = new ArrayList<UsableSshKey>();
        for (KeyRule rule : rules(instance)) {
            if (rule.key() instanceof KeyName.Ssh(String fingerprint)) {
                try (var agent = agent(rule)) {
                    agent.identities().stream()
                            .filter(key -> key.fingerprint().equals(fingerprint))
                            .findFirst()
                            .ifPresent(key -> usable.add(new UsableSshKey(rule, key)));
                } catch (SshAgentFailure e) {
                    tell(instance, fingerprint, e);
                }
            }
        }
        return usable;
    }

    /** A guest can ask as often as it likes. */
    private void tell(String instance, String fingerprint, Exception why) {
        lines.write(
                instance,
                "key " + fingerprint + " is not there for " + instance + ": " + why.getMessage(),
                line -> LOG.log(WARNING, line));
    }
}
