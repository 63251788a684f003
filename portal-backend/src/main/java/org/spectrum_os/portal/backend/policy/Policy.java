// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole, checked policy.
 *
 * @param phrase    words that only the user and this host know, shown in every dialog; null if the user chose none
 * @param timing    how patient dialogs are
 * @param host      the rules for applications that run on the host itself, behind its own xdg-desktop-portal
 * @param instances in the order of the file, names and links unique
 */
public record Policy(@Nullable String phrase, Timing timing, HostRules host, List<Instance> instances) {
    public Policy {
        instances = List.copyOf(instances);
    }

    /** Finds an instance by name. */
    public Optional<Instance> instance(String name) {
        return instances.stream()
                .filter(instance -> instance.name().equals(name))
                .findFirst();
    }

    /**
     * How patient dialogs are.
     *
     * @param answerWithin   after this time on screen a request expires
     * @param denialMemory   how long the first denial answers for the user
     * @param denialMemoryMost what doubling the former never exceeds
     */
    public record Timing(Duration answerWithin, Duration denialMemory, Duration denialMemoryMost) {
        public static final Timing DEFAULT =
                new Timing(Duration.ofMinutes(2), Duration.ofSeconds(10), Duration.ofMinutes(5));
    }

    /** What the host's own applications may do. */
    public record HostRules(Colour colour, Rule file) {
        /** Grey, which looks like no compartment; and the user is asked, as any portal does. */
        public static final HostRules DEFAULT = new HostRules(new Colour("#5e5c64"), Rule.ASK);
    }
}
