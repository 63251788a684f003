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

    /** ECDH: {@code (enc-val (ecdh (s …)(e …)))}. */
    record Ecdh(byte[] s, byte[] e) implements Ciphertext {}
}
