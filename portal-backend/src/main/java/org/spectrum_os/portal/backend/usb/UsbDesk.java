// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;

/**
 * What the user's own tools see of USB devices, and attach without a question. Taking one back is the end of its lease, like that of any other
 * ({@link org.spectrum_os.portal.backend.lease.LeaseTable#end}): a device that a rule of mode {@link UsbMode#AUTO} had attached stays out then,
 * until it is plugged in anew, or its VM is started anew. Thread-safe.
 */
public interface UsbDesk {
    /** The devices of this computer now, root hubs left out, by port. Quick. */
    List<Entry> devices();

    /**
     * Attaches a device to an instance's VM, as the user wants it: a rule of the instance must fit it, of whatever mode. A security key that can
     * be shared is. One that the instance has already keeps its lease, until the later of both ends. Blocks until the VM's monitor has it.
     *
     * @param device  which is meant; if there is another at its port now, it is refused
     * @param time    how long, 1 s to {@link #LONGEST}; empty for as long as the rule says
     * @param unmount whether file systems on it are to be unmounted first
     * @return the lease's name
     * @throws RefusedException if it is not attached; then nothing has changed, except perhaps that it is not mounted any more
     */
    String attach(String instance, UsbIdentity device, Optional<Duration> time, boolean unmount)
            throws RefusedException, InterruptedException;

    /** Where devices cannot be lent at all: there are none. */
    static UsbDesk absent(String why) {
        return new UsbDesk() {
            @Override
            public List<Entry> devices() {
                return List.of();
            }

            @Override
            public String attach(String instance, UsbIdentity device, Optional<Duration> time, boolean unmount)
                    throws RefusedException {
                throw new RefusedException(Why.FAILED, why);
            }
        };
    }

    /** The longest time for which a device is lent; without a time it is until the VM stops. */
    Duration LONGEST = Duration.ofDays(365);

    /**
     * One device.
     *
     * @param identity  which
     * @param shown     the same as the window shows it: safe to show; that it is lent is a state of it unless it is shared
     * @param holdings  who has it, at most one unless it is shared
     * @param permitted which instances may have it, in the order of the policy
     */
    record Entry(UsbIdentity identity, Candidate shown, List<Holding> holdings, List<Permission> permitted) {
        public Entry {
            holdings = List.copyOf(holdings);
            permitted = List.copyOf(permitted);
        }
    }

    /**
     * An instance has it.
     *
     * @param lease  by which name
     * @param shared whether the host and others have it too
     * @param until  empty: until the VM stops
     */
    record Holding(String instance, String lease, boolean shared, Optional<Instant> until) {}

    /**
     * An instance may have it.
     *
     * @param mode how
     * @param time how long, unless the user says otherwise; empty: until the VM stops
     */
    record Permission(String instance, UsbMode mode, Optional<Duration> time) {}

    /** Why a device is not attached. */
    enum Why {
        /** There is no such device, or instance. */
        NOT_FOUND,
        /** No rule of the instance fits it, or the instance has no {@code machine}. */
        NO_RULE,
        /** It is lent, mounted, or one of those that are never lent ({@link DeviceQuestion.Reason}). */
        NOT_LENDABLE,
        /** The VM does not run, or its monitor did not take it. */
        MACHINE,
        /** Anything else: it cannot be opened, or the lease cannot be kept. */
        FAILED
    }

    /** A device is not attached; the message says why and what to do, in a sentence without a full stop, safe to show. */
    final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        private final Why why;

        public RefusedException(Why why, String message) {
            super(message);
            this.why = why;
        }

        public Why why() {
            return why;
        }
    }
}
