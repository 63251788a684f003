// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.backend.lease.UsbIdentity;

/** Who may have which USB device. Pure. */
public final class UsbRules {
    private UsbRules() {}

    /**
     * The rule that says what happens with a device: of those that fit, the most specific; of equally specific ones the first. Empty: it
     * does not exist for this instance. More specific is a rule with a port; of the same in that, one whose device has a serial number, then a
     * product, then a vendor; then one with all interfaces, then one with some that must be there, then one with some that must not.
     */
    public static Optional<UsbRule> judge(Instance instance, UsbIdentity device) {
        UsbRule best = null;
        for (UsbRule rule : instance.usb()) {
            if (rule.fits(device) && (best == null || rank(rule) > rank(best))) {
                best = rule;
            }
        }
        return Optional.ofNullable(best);
    }

    /** One bit or two for each kind of condition, the strongest in front. */
    private static int rank(UsbRule rule) {
        int rank = bit(rule.port().isPresent());
        rank = rank << 2 | rule.device().map(UsbRules::parts).orElse(0);
        rank = rank << 1
                | bit(rule.interfaces()
                        .filter(these -> these.equal().isPresent())
                        .isPresent());
        rank = rank << 1
                | bit(rule.interfaces()
                        .filter(these -> !these.oneOf().isEmpty())
                        .isPresent());
        return rank << 1
                | bit(rule.interfaces()
                        .filter(these -> !these.noneOf().isEmpty())
                        .isPresent());
    }

    private static int bit(boolean set) {
        return set ? 1 : 0;
    }

    private static int parts(UsbName name) {
        return 1 + bit(name.product().isPresent()) + bit(name.serial().isPresent());
    }

    /**
     * An instance that gets a device without a question.
     *
     * @param rule the one that says so
     */
    public record Claim(Instance instance, UsbRule rule) {}

    /**
     * Who gets a device without a question: of the instances for which that is the judgement, the one with the most specific rule. Several if they are
     * equally specific: then nobody can say which is meant, and it is attached to none.
     *
     * @param instances those whose VM could have it now
     */
    public static List<Claim> automatic(Collection<Instance> instances, UsbIdentity device) {
        var best = new ArrayList<Claim>();
        for (Instance instance : instances) {
            judge(instance, device).filter(rule -> rule.mode() == UsbMode.AUTO).ifPresent(rule -> {
                if (!best.isEmpty() && rank(rule) > rank(best.getFirst().rule())) {
                    best.clear();
                }
                if (best.isEmpty() || rank(rule) == rank(best.getFirst().rule())) {
                    best.add(new Claim(instance, rule));
                }
            });
        }
        return List.copyOf(best);
    }

    /**
     * Whether a device that was lent by {@code rule}, and has left its port for a moment, stays lent: it is at the same port, and says the same as
     * when it was lent, or what the rule's {@code becomes} names; and it has no interface that the rule rules out.
     *
     * @param lent what it was when it was lent, however often it has changed since
     */
    public static boolean mayBecome(UsbRule rule, UsbIdentity lent, UsbIdentity now) {
        return lent.port().equals(now.port())
                && rule.fits(lent)
                && (now.saysTheSameAs(lent)
                        || (rule.becomes().stream().anyMatch(name -> name.fits(now))
                                && rule.interfaces().stream().noneMatch(these -> these.excludes(now.interfaces()))));
    }

    /** As {@link #mayBecome(UsbRule, UsbIdentity, UsbIdentity)}, by the rule that would lend it now. */
    public static boolean mayBecome(Instance instance, UsbIdentity lent, UsbIdentity now) {
        return judge(instance, lent).filter(rule -> mayBecome(rule, lent, now)).isPresent();
    }
}
