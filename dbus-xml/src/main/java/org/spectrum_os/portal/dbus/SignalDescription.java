// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.List;

/** One signal of an interface. */
public record SignalDescription(String name, List<ArgumentDescription> arguments) {
    public SignalDescription {
        arguments = List.copyOf(arguments);
    }
}
