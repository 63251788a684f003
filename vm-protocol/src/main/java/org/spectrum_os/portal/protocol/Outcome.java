// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

/** How a request ended that was not granted. */
public enum Outcome {
    /** The user, or the policy in the user's name, said no. */
    DENIED,
    /** The request was withdrawn, or could not be put to the user. */
    CANCELLED,
    /** Nobody answered in time. */
    EXPIRED
}
