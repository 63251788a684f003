// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the host's policy names and colours an instance, or the host's portal an application of the host. None of it comes from a guest.
 *
 * @param kind   what becomes of what is chosen, and so which words are true
 * @param name   1 to {@link ContractLimits#LABEL_CODE_POINTS} code points, on one line
 * @param colour {@code #rrggbb}, lower or upper case
 * @param loan   how long a VM may read what is lent to it; null for an application of the host, and for nothing else
 */
public record InstanceLabel(
        Kind kind,
        String name,
        String colour,
        @JsonSetter(nulls = Nulls.SET) @Nullable LoanTime loan) {
    /** Who can ask. */
    public enum Kind {
        /** A VM: files are lent to it. */
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
        if ((kind == Kind.VM) != (loan != null)) {
            throw new IllegalArgumentException("to a VM, and to nothing else, something is lent for a time");
        }
    }

    /** A VM. */
    public static InstanceLabel vm(String name, String colour, LoanTime loan) {
        return new InstanceLabel(Kind.VM, name, colour, loan);
    }

    /** A VM to which files are lent until it stops. */
    public InstanceLabel(String name, String colour) {
        this(Kind.VM, name, colour, new LoanTime.Stopped());
    }

    /** An application of the host. */
    public static InstanceLabel hostApp(String name, String colour) {
        return new InstanceLabel(Kind.HOST_APP, name, colour, null);
    }
}
