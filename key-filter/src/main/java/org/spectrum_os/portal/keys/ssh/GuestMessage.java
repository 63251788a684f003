// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import org.spectrum_os.portal.protocol.ProtocolException;

/** One message of a guest to its ssh-agent (RFC 9987), as far as anything may follow from it. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
sealed interface GuestMessage {
    /** Bytes of what a guest wants signed: a login with two keys in it is the longest that will be understood. */
    int DATA_BYTES = 2 * AgentProtocol.KEY_BYTES + 1024;

    /** Which keys are there? */
    record RequestIdentities() implements GuestMessage {}

    /** Sign {@code data}. */
    record SignRequest(byte[] key, byte[] data, long flags) implements GuestMessage {}

    /** Take note that this connection is for a session with the server that has this key (OpenSSH's PROTOCOL.agent, 1). */
    record SessionBind(byte[] hostKey, byte[] session, byte[] signature, boolean forwarding) implements GuestMessage {}

    /** Which extensions are there? */
    record Query() implements GuestMessage {}

    /**
     * Anything else; nothing of it but its type was read.
     *
     * @param type 0 to 255
     */
    record Other(int type) implements GuestMessage {}

    /**
     * Reads one.
     *
     * @param message without the length before it
     * @throws ProtocolException if it has not the form that its type demands
     */
    static GuestMessage parse(byte[] message) throws ProtocolException {
        var in = new WireReader(message);
        int type = in.octet();
        return switch (type) {
            case AgentProtocol.REQUEST_IDENTITIES -> {
                in.end();
                yield new RequestIdentities();
            }
            case AgentProtocol.SIGN_REQUEST -> {
                var request =
                        new SignRequest(in.string(1, AgentProtocol.KEY_BYTES), in.string(0, DATA_BYTES), in.uint32());
                in.end();
                yield request;
            }
            case AgentProtocol.EXTENSION -> extension(in);
            default -> new Other(type);
        };
    }

    private static GuestMessage extension(WireReader in) throws ProtocolException {
        return switch (in.name()) {
            case "session-bind@openssh.com" -> {
                var bind = new SessionBind(
                        in.string(1, AgentProtocol.KEY_BYTES),
                        in.string(0, SessionBindings.SESSION_MOST),
                        in.string(0, AgentProtocol.SIGNATURE_BYTES),
                        in.flag());
                in.end();
                yield bind;
            }
            case "query" -> {
                in.end();
                yield new Query();
            }
            default -> new Other(AgentProtocol.EXTENSION);
        };
    }
}
