// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.io.IOException;

/** Whoever unmounts on behalf of this user. */
@FunctionalInterface
public interface Unmounter {
    /**
     * Unmounts the file system on a block device, where it was mounted last, and waits until all of it has been written.
     *
     * @param block what the kernel calls the device, {@code sdb1}
     * @throws IOException if it cannot be unmounted; the message says why and what to do
     */
    void unmount(String block) throws IOException;
}
