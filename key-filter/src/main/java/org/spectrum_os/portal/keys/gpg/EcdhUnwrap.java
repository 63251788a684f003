// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The last step of ECDH in OpenPGP (RFC 9580, 11.5): from the point that both sides share to the session key. Up to GnuPG 2.5.6 gpg does
 * it itself; later it expects it of the agent, and not every agent on the host can do it.
 */
final class EcdhUnwrap {
    private static final int LEAST_WRAPPED_BYTES = 16;

    private EcdhUnwrap() {}

    /** Whether a key may have this one for deriving what wraps (RFC 9580, 11.5.1). */
    static boolean isKdfHash(HashAlgorithm hash) {
        return hash == HashAlgorithm.SHA256 || hash == HashAlgorithm.SHA384 || hash == HashAlgorithm.SHA512;
    }

    /**
     * Unwraps.
     *
     * @param point as gpg-agent's {@code (value …)} has it: {@code 04 x y}, {@code 40 x}, or x alone
     * @return the session key with its algorithm, checksum and padding
     * @throws AgentFailure if it was wrapped for another point, or is not wrapped at all
     */
    static byte[] sessionKey(byte[] point, Ciphertext.WrappedEcdh wrapped) throws AgentFailure {
        byte[] s = wrapped.s();
        if (s.length < 1 + LEAST_WRAPPED_BYTES || Byte.toUnsignedInt(s[0]) != s.length - 1 || s[0] % 8 != 0) {
            throw new AgentFailure(AgentFailure.Kind.UNDECRYPTABLE, "the guest's wrapped session key is malformed");
        }
        try {
            byte[] key = wrappingKey(x(point), wrapped);
            var unwrap = Cipher.getInstance("AES/KW/NoPadding");
            unwrap.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"));
            return unwrap.doFinal(s, 1, s.length - 1);
        } catch (GeneralSecurityException e) {
            throw new AgentFailure(
                    AgentFailure.Kind.UNDECRYPTABLE, "the guest's session key was not wrapped for this key", e);
        }
    }

    private static byte[] wrappingKey(byte[] x, Ciphertext.WrappedEcdh wrapped) throws GeneralSecurityException {
        // Java has the same names for the three.
        var digest = MessageDigest.getInstance(wrapped.hash().label());
        digest.update(new byte[] {0, 0, 0, 1});
        digest.update(x);
        digest.update(wrapped.kdfParams());
        return Arrays.copyOf(digest.digest(), wrapped.cipherBytes());
    }

    private static byte[] x(byte[] point) throws AgentFailure {
        if (point.length == 0) {
            throw new AgentFailure(
                    AgentFailure.Kind.HOST_FAILED, "the host's gpg-agent decrypted to nothing; look at its log");
        }
        // A coordinate has an even number of bytes on every curve: an odd one is the prefix.
        boolean prefixed = point.length % 2 == 1;
        return switch (prefixed ? point[0] : 0) {
            case 0x04 -> Arrays.copyOfRange(point, 1, 1 + (point.length - 1) / 2);
            case 0x40, 0x41 -> Arrays.copyOfRange(point, 1, point.length);
            default -> point;
        };
    }
}
