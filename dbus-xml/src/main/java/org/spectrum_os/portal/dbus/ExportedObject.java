// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An object on the bus: its interfaces, each name once. The standard interfaces are answered by the dispatcher. */
public record ExportedObject(List<BusInterface> interfaces) {
    public ExportedObject {
        interfaces = List.copyOf(interfaces);
        Set<String> names = new HashSet<>();
        for (BusInterface exported : interfaces) {
            if (!names.add(exported.description().name())) {
                throw new IllegalArgumentException(
                        "the interface " + exported.description().name() + " is exported twice on one object");
            }
        }
    }

    public static ExportedObject of(BusInterface... interfaces) {
        return new ExportedObject(List.of(interfaces));
    }

    Optional<BusInterface> find(String iface) {
        return interfaces.stream()
                .filter(exported -> exported.description().name().equals(iface))
                .findFirst();
    }
}
