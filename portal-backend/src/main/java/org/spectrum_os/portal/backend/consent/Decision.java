// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.protocol.Outcome;

/** What became of one question. */
public sealed interface Decision {
    /** The user chose. */
    record Allowed(FromWindow.Yes answer) implements Decision {}

    /** The answer is no. */
    sealed interface Refused extends Decision {
        /** What the guest is told. */
        Outcome outcome();

        /** For the audit log: a word that says what became of it. */
        default String word() {
            return switch (this) {
                case Denied _ -> "denied";
                case Cancelled _ -> "cancelled";
                case Expired _ -> "expired";
            };
        }

        /** For the audit log: a word that says why. */
        String why();

        /** Whether the user had a part in it; if not, a guest can bring it about as often as it likes. */
        boolean byUser();
    }

    /** No, for a reason that the guest is not told. */
    record Denied(Why reason) implements Refused {
        @Override
        public Outcome outcome() {
            return Outcome.DENIED;
        }

        @Override
        public String why() {
            return reason.word;
        }

        @Override
        public boolean byUser() {
            return switch (reason) {
                case BY_USER, BLOCKING, FILE_CHANGED, DEVICE_CHANGED, DEVICE_FAILED -> true;
                case BY_POLICY,
                        REMEMBERED,
                        BLOCKED,
                        TOO_MANY,
                        WINDOW_LOST,
                        NOT_OFFERED,
                        NO_KEY,
                        KEY_FAILED,
                        NO_DEVICE,
                        NOT_DELIVERABLE,
                        NOT_RECORDED -> false;
            };
        }
    }

    /** The instance is gone, or withdrew. */
    record Cancelled() implements Refused {
        @Override
        public Outcome outcome() {
            return Outcome.CANCELLED;
        }

        @Override
        public String why() {
            return "withdrawn";
        }

        @Override
        public boolean byUser() {
            return false;
        }
    }

    /** Nobody answered in time. */
    record Expired() implements Refused {
        @Override
        public Outcome outcome() {
            return Outcome.EXPIRED;
        }

        @Override
        public String why() {
            return "nobody-answered";
        }

        /** By the user's silence. */
        @Override
        public boolean byUser() {
            return true;
        }
    }

    /** Why a request was denied. */
    enum Why {
        BY_USER("user"),
        BY_POLICY("policy"),
        /** The user said no a moment ago. */
        REMEMBERED("denied-just-before"),
        /** The user says no, and to hear no more from this instance. */
        BLOCKING("user-blocks"),
        /** The user had said so before. */
        BLOCKED("instance-blocked"),
        /** Too many of its requests wait already. */
        TOO_MANY("too-many-waiting"),
        /** The window process died or talked nonsense. */
        WINDOW_LOST("window-lost"),
        /** The request asks for something that is not offered. */
        NOT_OFFERED("not-offered"),
        /** What the user saw is not what was found when it was opened. */
        FILE_CHANGED("file-changed"),
        /** The guest has not mounted its lent files, or holds too many leases, or the file server failed. */
        NOT_DELIVERABLE("not-deliverable"),
        /** The policy has no such key for this instance, or not for this use, or only with the content. */
        NO_KEY("no-such-key"),
        /** The host's gpg, ssh-agent or vault did not do it. */
        KEY_FAILED("key-failed"),
        /** The instance sees no such device, or none that can be lent now. */
        NO_DEVICE("no-such-device"),
        /** The device that the user chose was unplugged, or replaced, or has become one that cannot be lent. */
        DEVICE_CHANGED("device-changed"),
        /** It could not be unmounted, opened or attached. */
        DEVICE_FAILED("device-failed"),
        /** The grant could not be written to the audit log. */
        NOT_RECORDED("not-recorded");

        final String word;

        Why(String word) {
            this.word = word;
        }
    }
}
