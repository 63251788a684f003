// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import org.spectrum_os.portal.protocol.ProtocolException;

/** Which algorithm a key signs by. Certificates sign nothing here, and nothing is signed with SHA-1: what the user saw is what is valid. */
final class SignatureAlgorithm {
    private SignatureAlgorithm() {}

    /** What kind of key it is, such as {@code ssh-ed25519}. */
    static String type(SshKey key) throws RefusedException {
        try {
            return new WireReader(key.blob()).name();
        } catch (ProtocolException e) {
            throw new RefusedException("a key is malformed: " + e.getMessage(), e);
        }
    }

    /** By which algorithm {@code key} signs when these flags are given (RFC 9987, 3.6.1; RFC 8332). */
    static String of(SshKey key, int flags) throws RefusedException {
        String type = type(key);
        return switch (type) {
            case "ssh-rsa" ->
                switch (flags) {
                    case AgentProtocol.RSA_SHA2_256 -> "rsa-sha2-256";
                    case AgentProtocol.RSA_SHA2_512 -> "rsa-sha2-512";
                    default ->
                        throw new RefusedException(
                                "an RSA signature with SHA-1: let the program in the guest use rsa-sha2-256 or rsa-sha2-512");
                };
            case "ssh-ed25519",
                    "ecdsa-sha2-nistp256",
                    "ecdsa-sha2-nistp384",
                    "ecdsa-sha2-nistp521",
                    "sk-ssh-ed25519@openssh.com",
                    "sk-ecdsa-sha2-nistp256@openssh.com" -> {
                if (flags != 0) {
                    throw new RefusedException("flags of RSA for a key of another kind");
                }
                yield type;
            }
            default -> throw new RefusedException("a signature by a certificate or a key of an unknown kind");
        };
    }

    /**
     * That {@code signature}, an agent's, is a blob of such an algorithm; whether it verifies, is for others to say.
     *
     * @throws ProtocolException if it is not
     */
    static void requireBlob(byte[] signature, String algorithm) throws ProtocolException {
        var in = new WireReader(signature);
        if (!in.name().equals(algorithm)) {
            throw new ProtocolException("a signature by another algorithm than " + algorithm);
        }
        in.string(1, AgentProtocol.SIGNATURE_BYTES);
        if (algorithm.startsWith("sk-")) {
            in.octet();
            in.uint32();
        }
        in.end();
    }
}
