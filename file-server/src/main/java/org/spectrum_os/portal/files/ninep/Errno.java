// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

/** Linux error numbers, the only language 9P2000.L has for refusals; the generic ones, which x86, Arm and PowerPC share. */
enum Errno {
    ENOENT(2),
    EIO(5),
    EBADF(9),
    ENOTDIR(20),
    EISDIR(21),
    EINVAL(22),
    EMFILE(24),
    EROFS(30),
    ENAMETOOLONG(36),
    EMSGSIZE(90),
    EOPNOTSUPP(95),
    /** The lease has ended. */
    ESTALE(116);

    final int number;

    Errno(int number) {
        this.number = number;
    }
}
