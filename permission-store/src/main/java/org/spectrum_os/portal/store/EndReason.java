// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

/** Why a permission ended without somebody setting or deleting it through the plain interface. */
public enum EndReason {
    EXPIRED("expired"),
    USED_UP("used-up"),
    REVOKED("revoked"),
    INSTANCE_STOPPED("instance-stopped"),
    POLICY_CHANGED("policy-changed"),
    /** What is lent is not there any more, or is another thing than what the user saw. */
    RESOURCE_GONE("resource-gone"),
    /** The answer could not be completed, so all of it was taken back. */
    GRANT_FAILED("grant-failed"),
    /** The guest withdrew, or vanished, while the user was choosing. */
    UNCLAIMED("unclaimed"),
    /** The guest gave it back. */
    RELEASED("released"),
    /** A device was unplugged. */
    UNPLUGGED("unplugged"),
    /** At the same place there is another device now, or the same says that it is another. */
    DEVICE_CHANGED("device-changed"),
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
