// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.backend.lease.Access;

/**
 * One compartment as the policy declares it.
 *
 * @param name   what the user calls it: a letter or digit, then up to 47 letters, digits, dots, hyphens or underscores
 * @param colour its label in every dialog
 * @param link   where it comes from; this alone identifies it
 * @param file   whether it may ask for files
 * @param terms  what is preselected when the user is asked
 * @param user   to whom what is lent appears to belong there
 * @param files  what it is given unasked, no path twice
 * @param tree   what it is given out of another VM; then it is given nothing of the host's, and may not ask
 * @param serves whether it serves files itself, to others
 * @param keys   what it may ask for with keys that it does not have; of two rules for one key the first counts
 * @param vault  whether it holds keys itself, for others
 * @param machine its VM's monitor; without it no device can be attached
 * @param usb    what it may have of the host's USB devices
 */
public record Instance(
        String name,
        Colour colour,
        LinkAddress link,
        Rule file,
        Terms terms,
        GuestUser user,
        List<StaticFile> files,
        Optional<VmTree> tree,
        boolean serves,
        List<KeyRule> keys,
        boolean vault,
        Optional<MachineAddress> machine,
        List<UsbRule> usb) {
    public Instance {
        files = List.copyOf(files);
        keys = List.copyOf(keys);
        usb = List.copyOf(usb);
    }

    /**
     * What the user's choice starts from; the user can choose otherwise.
     *
     * @param loan   how long
     * @param access what for
     */
    public record Terms(Loan loan, Access access) {
        /** To be read, until the VM stops. */
        public static final Terms DEFAULT = new Terms(new Loan.UntilStopped(), Access.READ);
    }

    /** One with every default. */
    public Instance(String name, Colour colour, LinkAddress link, Rule file) {
        this(name, colour, link, file, Terms.DEFAULT);
    }

    /** One that is given nothing unasked. */
    public Instance(String name, Colour colour, LinkAddress link, Rule file, Terms terms) {
        this(
                name,
                colour,
                link,
                file,
                terms,
                GuestUser.DEFAULT,
                List.of(),
                Optional.empty(),
                false,
                List.of(),
                false,
                Optional.empty(),
                List.of());
    }
}
