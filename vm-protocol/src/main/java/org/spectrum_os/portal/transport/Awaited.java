// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

/** What {@link Connection#await} waited for. */
public enum Awaited {
    /** There is something to read, or the peer has closed. */
    INPUT,
    PROCESS_ENDED,
    /** The time is over. */
    NOTHING
}
