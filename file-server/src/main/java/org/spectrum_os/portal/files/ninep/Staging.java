// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import org.spectrum_os.portal.transport.Descriptor;

/**
 * Makes files beside those of a lease and puts them in their place: by whoever holds the folder, which is never this server's tree. Calls
 * may take as long as a disk does; several come at once.
 */
public interface Staging {
    /** Calls for the leases of one instance at a time. */
    int AT_ONCE = 4;

    /**
     * Makes a file without a name on the file system of the lease's files.
     *
     * @return open for reading and writing; the caller's
     * @throws IOException if it cannot be; an {@link org.spectrum_os.portal.transport.ErrnoException} says why
     */
    Descriptor stage(String lease) throws IOException;

    /**
     * Puts a staged file in the place of the lease's entry {@code name}, atomically; it is durable when this returns.
     *
     * @param staged stays the caller's
     */
    void install(String lease, String name, Descriptor staged) throws IOException;
}
