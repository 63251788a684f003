// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

/** A request is answered with an error. Ordinary flow, so it costs no stack trace. */
final class Refusal extends Exception {
    private final int errno;

    Refusal(Errno errno) {
        this(errno.number, errno.name());
    }

    private Refusal(int errno, String name) {
        super(name, null, false, false);
        this.errno = errno;
    }

    /** What the kernel answered when the lent file was asked; numbers that are no Linux errno become EIO. */
    static Refusal fromKernel(int errno) {
        return errno >= 1 && errno <= 133 ? new Refusal(errno, "errno " + errno) : new Refusal(Errno.EIO);
    }

    int errno() {
        return errno;
    }
}
