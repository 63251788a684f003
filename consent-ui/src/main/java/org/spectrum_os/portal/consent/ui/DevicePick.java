// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.List;
import org.spectrum_os.portal.consent.contract.LoanTime;

/**
 * What stood in the window when the user agreed to lend devices.
 *
 * @param devices ids of those that were chosen
 * @param loan    for how long
 * @param unmount whether the window said that what is mounted will be unmounted
 */
public record DevicePick(List<String> devices, LoanTime loan, boolean unmount) {
    public DevicePick {
        devices = List.copyOf(devices);
    }
}
