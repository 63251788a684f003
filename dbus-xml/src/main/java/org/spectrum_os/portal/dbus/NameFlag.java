// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/** How a bus name is asked for (D-Bus specification, RequestName). */
public enum NameFlag {
    ALLOW_REPLACEMENT(1),
    REPLACE_EXISTING(2),
    DO_NOT_QUEUE(4);

    private final int bit;

    NameFlag(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
    }
}
