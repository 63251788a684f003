// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

/**
 * The guest's user to whom everything lent appears to belong.
 *
 * @param uid and {@code gid}: as the guest's kernel knows them, 0 to {@link #MOST}
 */
public record GuestUser(int uid, int gid) {
    /** What Linux tools can rely on; 65535 is "nobody in particular" to some of them. */
    public static final int MOST = 65_534;

    /** The first ordinary user of most distributions. */
    public static final GuestUser DEFAULT = new GuestUser(1000, 1000);

    public GuestUser {
        if (uid < 0 || uid > MOST || gid < 0 || gid > MOST) {
            throw new IllegalArgumentException("user " + uid + ", group " + gid);
        }
    }
}
