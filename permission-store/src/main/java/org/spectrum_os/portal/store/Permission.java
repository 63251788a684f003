// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.time.Instant;
import java.util.List;

/**
 * What one application, or one instance, may do with one entry, and on which terms.
 *
 * @param access  words whose meaning is the table's, in the order they were set; an empty list hides the application
 * @param created by the wall clock
 * @param end     when it ends by itself
 * @param reason  why it was granted, in words safe to show; may be empty
 * @param uses    how often it has been used, as far as somebody counts
 * @param unknown what a newer version wrote
 */
public record Permission(List<String> access, Instant created, End end, String reason, long uses, Unknown unknown) {
    private static final End NEVER = new End.Never();

    public Permission {
        access = List.copyOf(access);
    }

    /** One as the plain PermissionStore interface sets it: without an end. */
    static Permission plain(List<String> access, Instant created) {
        return new Permission(access, created, NEVER, "", 0, Unknown.NONE);
    }

    /** One that was granted on terms. */
    public static Permission granted(List<String> access, Instant created, End end, String reason) {
        return new Permission(access, created, end, reason, 0, Unknown.NONE);
    }

    Permission usedOnceMore() {
        return new Permission(access, created, end, reason, uses + 1, unknown);
    }
}
