// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import java.util.regex.Pattern;

/**
 * How the host's policy names and colours an instance. None of it comes from the guest.
 *
 * @param name   1 to {@link ContractLimits#LABEL_CODE_POINTS} code points, on one line
 * @param colour {@code #rrggbb}, lower or upper case
 */
public record InstanceLabel(String name, String colour) {
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
}
