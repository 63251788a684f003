// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.List;
import java.util.Optional;

/**
 * A D-Bus interface.
 *
 * @param xml the {@code <interface>} element as introspection shows it
 */
public record InterfaceDescription(
        String name,
        List<MethodDescription> methods,
        List<SignalDescription> signals,
        List<PropertyDescription> properties,
        String xml) {
    public InterfaceDescription {
        methods = List.copyOf(methods);
        signals = List.copyOf(signals);
        properties = List.copyOf(properties);
    }

    public Optional<MethodDescription> method(String member) {
        return methods.stream().filter(method -> method.name().equals(member)).findFirst();
    }

    public Optional<PropertyDescription> property(String property) {
        return properties.stream().filter(p -> p.name().equals(property)).findFirst();
    }
}
