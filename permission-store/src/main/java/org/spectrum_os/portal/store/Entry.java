// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import org.spectrum_os.portal.dbus.marshal.MarshalledValue;

/**
 * What a table holds under one id.
 *
 * @param data    any D-Bus value; its meaning is the table's
 * @param unknown what a newer version wrote
 */
public record Entry(MarshalledValue data, Permissions permissions, Unknown unknown) {
    Entry with(Permissions changed) {
        return new Entry(data, changed, unknown);
    }

    Entry with(MarshalledValue changed) {
        return new Entry(changed, permissions, unknown);
    }
}
