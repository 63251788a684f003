// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

/** The smallest program that shows which Java ran it; packed by {@link GuestVmTest}, run in the guest. */
final class GuestProgram {
    private GuestProgram() {}

    public static void main(String[] arguments) {
        System.out.println("hello from Java " + Runtime.version().feature());
    }
}
