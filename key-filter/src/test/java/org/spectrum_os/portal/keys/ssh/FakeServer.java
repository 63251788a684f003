// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A server that proves itself, with a key of Ed25519, and what a guest says because of it. */
final class FakeServer {
    private final KeyPair pair;

    FakeServer() {
        try {
            pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A session's id that is full of one byte. */
    static byte[] session(int fill) {
        byte[] id = new byte[32];
        Arrays.fill(id, (byte) fill);
        return id;
    }

    byte[] key() {
        byte[] encoded = pair.getPublic().getEncoded();
        return new WireWriter()
                .string("ssh-ed25519")
                .string(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length))
                .toBytes();
    }

    byte[] sign(byte[] data) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(pair.getPrivate());
            signer.update(data);
            return new WireWriter().string("ssh-ed25519").string(signer.sign()).toBytes();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The extension's message. */
    byte[] bind(byte[] session, boolean forwarding) {
        return bindMessage(key(), session, sign(session), forwarding);
    }

    static byte[] bindMessage(byte[] key, byte[] session, byte[] signature, boolean forwarding) {
        return new WireWriter()
                .octet(27)
                .string("session-bind@openssh.com")
                .string(key)
                .string(session)
                .string(signature)
                .flag(forwarding)
                .toBytes();
    }

    /** What a client signs to log in as {@code user}; {@code hostKey} makes it the host-bound method. */
    static byte[] login(byte[] session, String user, SshKey key, String algorithm, byte @Nullable [] hostKey) {
        var data = new WireWriter()
                .string(session)
                .octet(50)
                .string(user)
                .string("ssh-connection")
                .string(hostKey == null ? "publickey" : "publickey-hostbound-v00@openssh.com")
                .flag(true)
                .string(algorithm)
                .string(key.blob());
        return hostKey == null ? data.toBytes() : data.string(hostKey).toBytes();
    }

    /** What a client signs for a file. */
    static byte[] file(String namespace, String algorithm, byte[] hash) {
        return new WireWriter()
                .bytes(new byte[] {'S', 'S', 'H', 'S', 'I', 'G'})
                .string(namespace)
                .string("")
                .string(algorithm)
                .string(hash)
                .toBytes();
    }

    static byte[] signRequest(SshKey key, byte[] data, int flags) {
        return new WireWriter()
                .octet(13)
                .string(key.blob())
                .string(data)
                .uint32(flags)
                .toBytes();
    }
}
