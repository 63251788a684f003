// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import java.util.regex.Pattern;

/**
 * How the host's policy names and colours an instance, or the host's portal an application of the host. None of it comes from a guest.
 *
 * @param kind   what becomes of what is chosen, and so which words are true
 * @param name   1 to {@link ContractLimits#LABEL_CODE_POINTS} code points, on one line
 * @param colour {@code #rrggbb}, lower or upper case
 */
public record InstanceLabel(Kind kind, String name, String colour) {
    /** Who can ask. */
    public enum Kind {
        /** A VM: files are lent to it until it stops. */
        VM,
        /** An application on this computer: it gets the files' paths, and nothing takes them back. */
        HOST_APP
    }

    private static final Pattern COLOUR = Pattern.compile("#[0-9A-Fa-f]{6}");

    public InstanceLabel {
        if (name.isBlank()) {
            throw new IllegalArgumentException("an instance has no name");
        }
        ContractLimits.oneLine(name, ContractLimits.LABEL_CODE_POINTS, "an instance's name");
        if (!COLOUR.matcher(colour).matches()) {
            throw new IllegalArgumentException("an instance's colour is not of the form #rrggbb");
        }
    }

    /** A VM. */
    public InstanceLabel(String name, String colour) {
        this(Kind.VM, name, colour);
    }
}
