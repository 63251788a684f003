// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.lent;

/** What a guest may do with what a lease holds. */
public enum Access {
    READ,
    WRITE
}
