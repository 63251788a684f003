// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.List;
import java.util.stream.Collectors;

/** One method of an interface, with the arguments that go in and those that come back. */
public record MethodDescription(String name, List<ArgumentDescription> in, List<ArgumentDescription> out) {
    public MethodDescription {
        in = List.copyOf(in);
        out = List.copyOf(out);
    }

    /** The signature that a call must have. */
    public String inSignature() {
        return in.stream().map(ArgumentDescription::type).collect(Collectors.joining());
    }

    /** The signature that the reply must have. */
    public String outSignature() {
        return out.stream().map(ArgumentDescription::type).collect(Collectors.joining());
    }
}
