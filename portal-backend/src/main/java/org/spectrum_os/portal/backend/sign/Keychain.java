// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.KeyName;
import org.spectrum_os.portal.backend.policy.KeyPlace;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.keys.ssh.SshAgentClient;
import org.spectrum_os.portal.keys.ssh.SshAgentFailure;
import org.spectrum_os.portal.keys.ssh.SshKey;
import org.spectrum_os.portal.protocol.LogBudget;

/** The keys that there are of those that the policy lets an instance ask for. Thread-safe; looks anew each time. */
final class Keychain {
    private static final System.Logger LOG = System.getLogger(Keychain.class.getName());

    /** A failure that takes longer is one of an agent, or a vault, that is silent. */
    private static final Duration SLOW = Duration.ofSeconds(1);
    /** For so long such a one is not asked again: keys that are elsewhere would wait with its own. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final KeyPlaces places;
    private final Function<String, Optional<Instance>> current;
    private final LogBudget lines = new LogBudget();
    /** Agents that let us wait in vain, and when. */
    private final Map<KeyPlace, Long> silent = new ConcurrentHashMap<>();

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

    /** SSH keys, in the policy's order. Each agent is asked once. */
    List<UsableSshKey> ssh(String instance) {
        var usable = new ArrayList<UsableSshKey>();
        var held = new HashMap<KeyPlace, List<SshKey>>();
        for (KeyRule rule : rules(instance)) {
            if (rule.key() instanceof KeyName.Ssh(String fingerprint)) {
                held.computeIfAbsent(rule.place(), _ -> identities(instance, rule)).stream()
                        .filter(key -> key.fingerprint().equals(fingerprint))
                        .findFirst()
                        .ifPresent(key -> usable.add(new UsableSshKey(rule, key)));
            }
        }
        return usable;
    }

    /** What the agent of a rule has; nothing for a while after it did not say. */
    private List<SshKey> identities(String instance, KeyRule rule) {
        Long since = silent.get(rule.place());
        if (since != null && System.nanoTime() - since < SILENCE.toNanos()) {
            return List.of();
        }
        long began = System.nanoTime();
        try (var agent = agent(rule)) {
            List<SshKey> all = agent.identities();
            silent.remove(rule.place());
            return all;
        } catch (SshAgentFailure e) {
            // One that is not there fails at once, and may be there at once.
            if (System.nanoTime() - began > SLOW.toNanos()) {
                silent.put(rule.place(), System.nanoTime());
            }
            tell(instance, rule.key().fingerprint(), e);
            return List.of();
        }
    }

    /** A guest can ask as often as it likes. */
    private void tell(String instance, String fingerprint, Exception why) {
        lines.write(
                instance,
                "key " + fingerprint + " is not there for " + instance + ": " + why.getMessage(),
                line -> LOG.log(WARNING, line));
    }
}
