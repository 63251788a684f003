// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import org.spectrum_os.portal.protocol.ProtocolException;

/**
 * A signature for files, as {@code ssh-keygen -Y sign} makes it (OpenSSH's PROTOCOL.sshsig): first what the key has to sign, then, with
 * what the key's agent made of it, the armoured signature.
 */
public final class SshSignature {
    private static final String MAGIC = "SSHSIG";
    private static final int VERSION = 1;
    private static final String HASH = "sha512";
    private static final int HASH_BYTES = 64;
    /** Characters of a line; PROTOCOL.sshsig has 76, ssh-keygen writes 70. */
    private static final int LINE = 70;

    private final SshKey key;
    private final String algorithm;
    private final String namespace;
    private final byte[] sha512;

    /**
     * One that is to be made.
     *
     * @param namespace what it is to be valid for, 1 to 256 bytes
     * @param sha512    hash of the content
     * @throws IllegalArgumentException if the namespace or the hash is too long or short, or such a key makes no such signature
     */
    public SshSignature(SshKey key, String namespace, byte[] sha512) {
        int bytes = namespace.getBytes(UTF_8).length;
        if (bytes < 1 || bytes > 256 || sha512.length != HASH_BYTES) {
            throw new IllegalArgumentException("a namespace of " + bytes + " bytes, a hash of " + sha512.length);
        }
        this.key = key;
        this.namespace = namespace;
        this.sha512 = sha512.clone();
        try {
            this.algorithm = SignatureAlgorithm.of(key, flags());
        } catch (RefusedException e) {
            throw new IllegalArgumentException("no key for signatures: " + e.getMessage(), e);
        }
    }

    /** With which the agent is asked: RSA signs with SHA-512. */
    public int flags() {
        return isRsa() ? AgentProtocol.RSA_SHA2_512 : 0;
    }

    private boolean isRsa() {
        try {
            return SignatureAlgorithm.type(key).equals("ssh-rsa");
        } catch (RefusedException e) {
            throw new IllegalArgumentException("no key for signatures: " + e.getMessage(), e);
        }
    }

    /** What the agent is to sign. */
    public byte[] toBeSigned() {
        return new WireWriter()
                .bytes(MAGIC.getBytes(US_ASCII))
                .string(namespace)
                .string("")
                .string(HASH)
                .string(sha512)
                .toBytes();
    }

    /**
     * The whole.
     *
     * @param signature the agent's blob
     * @return text that ends with a line feed
     * @throws ProtocolException if it is not the blob of a signature that was asked for
     */
    public String armoured(byte[] signature) throws ProtocolException {
        SignatureAlgorithm.requireBlob(signature, algorithm);
        byte[] blob = new WireWriter()
                .bytes(MAGIC.getBytes(US_ASCII))
                .uint32(VERSION)
                .string(key.blob())
                .string(namespace)
                .string("")
                .string(HASH)
                .string(signature)
                .toBytes();
        String encoded = Base64.getEncoder().encodeToString(blob);
        var text = new StringBuilder("-----BEGIN SSH SIGNATURE-----\n");
        for (int at = 0; at < encoded.length(); at += LINE) {
            text.append(encoded, at, Math.min(at + LINE, encoded.length())).append('\n');
        }
        return text.append("-----END SSH SIGNATURE-----\n").toString();
    }
}
