// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.lent;

/**
 * The guest's user that everything is shown as owned by. Ids are unsigned 32 bits in the kernel; those above 2³¹ are not used.
 */
public record GuestUser(int uid, int gid) {
    public GuestUser {
        if (uid < 0 || gid < 0) {
            throw new IllegalArgumentException("not the ids of a user and a group: " + uid + ", " + gid);
        }
    }
}
