// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.Untrusted;

/**
 * Understands what is to be signed, to its last byte, or refuses it. The two forms cannot be taken for one another: a login begins with
 * the length of a session's id, which is below 256, a signature for files with {@code SSHSIG}.
 */
final class SignedData {
    private static final byte[] SSHSIG = {'S', 'S', 'H', 'S', 'I', 'G'};
    private static final int USERAUTH_REQUEST = 50;
    /** Bytes of an account's name: more than any system has. */
    private static final int USER_BYTES = 256;

    private static final int NAMESPACE_BYTES = 256;

    private SignedData() {}

    /**
     * What {@code data} is.
     *
     * @param flags of the request to sign
     * @throws RefusedException if it is neither a login nor a signature for files, or one that may not be
     */
    static SshRequest understand(SshKey key, byte[] data, int flags, SessionBindings bindings) throws RefusedException {
        try {
            String algorithm = SignatureAlgorithm.of(key, flags);
            boolean isSignature =
                    data.length >= SSHSIG.length && Arrays.equals(data, 0, SSHSIG.length, SSHSIG, 0, SSHSIG.length);
            return isSignature ? signature(data) : login(key, data, algorithm, bindings);
        } catch (ProtocolException e) {
            throw new RefusedException(
                    "what is to be signed is neither a login nor a signature for files: " + e.getMessage(), e);
        }
    }

    /** OpenSSH's PROTOCOL.sshsig, 3. */
    private static SshRequest signature(byte[] data) throws ProtocolException {
        var in = new WireReader(data);
        in.bytes(SSHSIG.length);
        String namespace = in.text(1, NAMESPACE_BYTES);
        in.string(0, 0);
        String algorithm = in.name();
        int length = switch (algorithm) {
            case "sha256" -> 32;
            case "sha512" -> 64;
            default -> throw new ProtocolException("a hash of an unknown algorithm");
        };
        byte[] hash = in.string(length, length);
        in.end();
        return new SshRequest.Signature(
                Untrusted.of(namespace), algorithm, HexFormat.of().formatHex(hash));
    }

    /** RFC 4252, 7, and OpenSSH's PROTOCOL, 3.1 (publickey-hostbound). */
    private static SshRequest login(SshKey key, byte[] data, String algorithm, SessionBindings bindings)
            throws ProtocolException, RefusedException {
        var in = new WireReader(data);
        byte[] session = in.string(SessionBindings.SESSION_LEAST, SessionBindings.SESSION_MOST);
        if (in.octet() != USERAUTH_REQUEST) {
            throw new ProtocolException("another message of SSH");
        }
        String user = in.text(1, USER_BYTES);
        require(Set.of("ssh-connection"), in.name(), "service");
        String method = in.name();
        require(Set.of("publickey", "publickey-hostbound-v00@openssh.com"), method, "method");
        if (!in.flag()) {
            throw new ProtocolException("a login without a signature");
        }
        require(Set.of(algorithm), in.name(), "algorithm");
        if (!Arrays.equals(in.string(1, AgentProtocol.KEY_BYTES), key.blob())) {
            throw new ProtocolException("a login with another key");
        }
        byte[] hostKey = method.equals("publickey") ? null : in.string(1, AgentProtocol.KEY_BYTES);
        in.end();
        return login(Untrusted.of(user), session, hostKey == null ? null : SshKey.of(hostKey, ""), bindings);
    }

    private static SshRequest login(
            Untrusted<String> user, byte[] session, @Nullable SshKey hostKey, SessionBindings bindings)
            throws RefusedException {
        var bound = bindings.of(session).orElse(null);
        if (bound == null) {
            if (bindings.last().filter(one -> !one.forwarding()).isPresent()) {
                throw new RefusedException("a login to another session than this connection is bound to");
            }
            return new SshRequest.Login(user, null, bindings.isForwarded());
        }
        if (bound.forwarding()) {
            throw new RefusedException("a login to the session through which the agent is forwarded");
        }
        if (hostKey != null && !hostKey.isSame(bound.server())) {
            throw new RefusedException("a login that names another server's key than this connection is bound to");
        }
        return new SshRequest.Login(user, bound.server(), bindings.isForwarded());
    }

    private static void require(Set<String> allowed, String name, String what) throws ProtocolException {
        if (!allowed.contains(name)) {
            throw new ProtocolException("a login by another " + what);
        }
    }
}
