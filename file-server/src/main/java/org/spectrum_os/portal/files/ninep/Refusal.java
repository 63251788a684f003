// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import org.spectrum_os.portal.transport.ErrnoException;

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

    /** What the kernel, or the backend, answered; numbers that are no Linux errno become EIO. */
    static Refusal of(IOException failure) {
        return failure instanceof ErrnoException known && known.errno() >= 1 && known.errno() <= 133
                ? new Refusal(known.errno(), "errno " + known.errno())
                : new Refusal(Errno.EIO);
    }

    int errno() {
        return errno;
    }
}
