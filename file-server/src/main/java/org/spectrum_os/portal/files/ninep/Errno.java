// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

/** Linux error numbers, the only language 9P2000.L has for refusals; the generic ones, which x86, Arm and PowerPC share. */
enum Errno {
    EPERM(1),
    ENOENT(2),
    EIO(5),
    EBADF(9),
    EEXIST(17),
    EXDEV(18),
    ENOTDIR(20),
    EISDIR(21),
    EINVAL(22),
    ENFILE(23),
    EMFILE(24),
    EROFS(30),
    ENAMETOOLONG(36),
    ENOLCK(37),
    ENOTEMPTY(39),
    ELOOP(40),
    EMSGSIZE(90),
    EOPNOTSUPP(95),
    /** The lease has ended. */
    ESTALE(116);

    final int number;

    Errno(int number) {
        this.number = number;
    }
}
