// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A method of an ordered interface, with its signatures put together once. */
record OrderedMethod(OrderedInterface target, String member, String inSignature, String outSignature) {

    /** The ordered methods of one object. Immutable. */
    static final class Table {
        private final Map<String, Map<String, OrderedMethod>> byInterface = new HashMap<>();

        Table(List<BusInterface> interfaces) {
            for (BusInterface exported : interfaces) {
                if (exported instanceof OrderedInterface ordered) {
                    InterfaceDescription description = ordered.description();
                    Map<String, OrderedMethod> methods = new HashMap<>();
                    for (MethodDescription method : description.methods()) {
                        methods.put(
                                method.name(),
                                new OrderedMethod(ordered, method.name(), method.inSignature(), method.outSignature()));
                    }
                    byInterface.put(description.name(), methods);
                }
            }
        }

        /** Without an interface's name, any that has the member: the specification lets the caller leave it out. */
        @Nullable
        OrderedMethod find(@Nullable String iface, String member) {
            if (iface == null) {
                return byInterface.values().stream()
                        .map(methods -> methods.get(member))
                        .filter(method -> method != null)
                        .findFirst()
                        .orElse(null);
            }
            Map<String, OrderedMethod> methods = byInterface.get(iface);
            return methods == null ? null : methods.get(member);
        }
    }
}
