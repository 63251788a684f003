// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

/** What may be done with what is lent. */
public enum FileAccess {
    /** Read it. */
    READ,
    /** Read and change it; of a folder, everything in it, also making and removing. */
    WRITE
}
