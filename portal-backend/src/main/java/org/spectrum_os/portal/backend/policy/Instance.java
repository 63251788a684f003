// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

/**
 * One compartment as the policy declares it.
 *
 * @param name   what the user calls it: a letter or digit, then up to 47 letters, digits, dots, hyphens or underscores
 * @param colour its label in every dialog
 * @param link   where it comes from; this alone identifies it
 * @param file   whether it may ask for files
 * @param loan   how long it may read those that are lent to it
 */
public record Instance(String name, Colour colour, LinkAddress link, Rule file, Loan loan) {
    /** One to which files are lent until it stops. */
    public Instance(String name, Colour colour, LinkAddress link, Rule file) {
        this(name, colour, link, file, new Loan.UntilStopped());
    }
}
