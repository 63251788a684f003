// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

/** What PKDECRYPT decrypts: the numbers of one encrypted session key, parsed and checked for their form. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
public sealed interface Ciphertext {
    /** RSA: {@code (enc-val (rsa (a …)))}. */
    record Rsa(byte[] a) implements Ciphertext {}

    /** ElGamal: {@code (enc-val (elg (a …)(b …)))}. */
    record Elgamal(byte[] a, byte[] b) implements Ciphertext {}

    /** ECDH: {@code (enc-val (ecdh (s …)(e …)))}; what comes back is the point, and gpg unwraps the session key itself. */
    record Ecdh(byte[] s, byte[] e) implements Ciphertext {}

    /**
     * ECDH as GnuPG 2.5.7 and later asks for it, by {@code PKDECRYPT --kem=PGP}: {@code (enc-val (ecc (c …)(h …)(e …)(s …)(kdf-params …)))};
     * what comes back is the session key, unwrapped.
     *
     * @param cipherBytes length of the AES key that wraps the session key: 16, 24 or 32
     * @param hash        SHA-256, SHA-384 or SHA-512
     * @param e           the ephemeral point
     * @param s           the wrapped session key, its length before it in one byte
     * @param kdfParams   what RFC 9580, 11.5, hashes after the shared secret
     */
    record WrappedEcdh(int cipherBytes, HashAlgorithm hash, byte[] e, byte[] s, byte[] kdfParams)
            implements Ciphertext {}
}
