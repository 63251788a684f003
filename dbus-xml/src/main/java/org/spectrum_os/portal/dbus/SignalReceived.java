// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.List;

/** A signal that arrived; {@code sender} is the unique name of the emitting connection, or that of the bus itself. */
public record SignalReceived(
        String sender, String path, String iface, String member, String signature, List<Object> arguments) {
    public SignalReceived {
        arguments = List.copyOf(arguments);
    }
}
