// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.time.Instant;

/**
 * One thing lent to one instance.
 *
 * @param name     unique among all leases of this run; letters and digits, and the folder the guest sees it in
 * @param instance the owner
 * @param resource what is lent
 * @param access   what the guest may do with it
 * @param reason   the request that led to it, in words safe to show
 * @param end      when it ends by itself; it can always be revoked before
 * @param created  by the wall clock
 */
public record Lease(
        String name, String instance, HostFile resource, Access access, String reason, End end, Instant created) {

    /** What the guest may do. */
    public enum Access {
        READ("read");

        private final String word;

        Access(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** When a lease ends by itself. */
    public enum End {
        /** When the VM is gone, which its mount of the lent files tells. */
        INSTANCE_STOPS("instance-stops");

        private final String word;

        End(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** Why a lease ended. */
    public enum EndReason {
        REVOKED("revoked"),
        INSTANCE_STOPPED("instance-stopped"),
        /** The answer could not be completed, so all of it was taken back. */
        GRANT_FAILED("grant-failed"),
        /** The guest withdrew, or vanished, while the user was choosing. */
        UNCLAIMED("unclaimed"),
        FILE_SERVER_LOST("file-server-lost"),
        BACKEND_STOPPED("backend-stopped");

        private final String word;

        EndReason(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }
}
