// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.util.Arrays;
import java.util.Optional;

/** The hashes that may be signed, with the numbers of OpenPGP (RFC 9580, 9.5). */
public enum HashAlgorithm {
    SHA1(2, 20, "SHA-1"),
    RMD160(3, 20, "RIPEMD-160"),
    SHA256(8, 32, "SHA-256"),
    SHA384(9, 48, "SHA-384"),
    SHA512(10, 64, "SHA-512"),
    SHA224(11, 28, "SHA-224");

    private final int number;
    private final int bytes;
    private final String label;

    HashAlgorithm(int number, int bytes, String label) {
        this.number = number;
        this.bytes = bytes;
        this.label = label;
    }

    /** As OpenPGP and gpg-agent number it. */
    public int number() {
        return number;
    }

    /** Length of such a hash. */
    public int bytes() {
        return bytes;
    }

    /** For people. */
    public String label() {
        return label;
    }

    public static Optional<HashAlgorithm> of(int number) {
        return Arrays.stream(values()).filter(one -> one.number == number).findFirst();
    }
}
