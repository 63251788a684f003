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
 * @param terms  what is offered first of how something is lent to a VM, for the user to change; null for an application of the host, and
 *               for nothing else
 */
public record InstanceLabel(
        Kind kind,
        String name,
        String colour,
        @JsonSetter(nulls = Nulls.SET) @Nullable Terms terms) {
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
        if ((kind == Kind.VM) != (terms != null)) {
            throw new IllegalArgumentException("to a VM, and to nothing else, something is lent on terms");
        }
    }

    /** A VM. */
    public static InstanceLabel vm(String name, String colour, Terms terms) {
        return new InstanceLabel(Kind.VM, name, colour, terms);
    }

    /** A VM to which files are lent for reading until it stops, unless the user wants it otherwise. */
    public InstanceLabel(String name, String colour) {
        this(Kind.VM, name, colour, Terms.LEAST);
    }

    /** An application of the host. */
    public static InstanceLabel hostApp(String name, String colour) {
        return new InstanceLabel(Kind.HOST_APP, name, colour, null);
    }
}
