// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The sessions that one connection to the agent was bound to, in their order: those through which the agent was forwarded, and at most
 * one, the last, for logging in. The rules are those of OpenSSH's agent (PROTOCOL.agent, 1). One thread.
 */
final class SessionBindings {
    /** As in OpenSSH's agent. */
    static final int MOST = 16;
    /** Bytes of a session's id: a hash from SHA-1 to SHA-512 (RFC 4253, 7.2). */
    static final int SESSION_LEAST = 20;

    static final int SESSION_MOST = 64;

    private final List<Binding> all = new ArrayList<>();

    /**
     * One.
     *
     * @param session    its id, in hexadecimal
     * @param server     whose signature of that id was verified
     * @param forwarding whether the agent is forwarded through this session, rather than used to open it
     */
    record Binding(String session, SshKey server, boolean forwarding) {
        boolean isOf(byte[] id) {
            return Objects.equals(session, HexFormat.of().formatHex(id));
        }
    }

    /** Adds one; the same one again is as good. */
    void add(GuestMessage.SessionBind bind) throws RefusedException {
        if (bind.session().length < SESSION_LEAST) {
            throw new RefusedException("a session's id of " + bind.session().length + " bytes");
        }
        HostSignature.verify(bind.hostKey(), bind.session(), bind.signature());
        if (last().filter(one -> !one.forwarding()).isPresent()) {
            throw new RefusedException("this connection is bound to a login already");
        }
        SshKey server = SshKey.of(bind.hostKey(), "");
        for (Binding one : all) {
            if (one.isOf(bind.session())) {
                if (one.server().isSame(server) && bind.forwarding()) {
                    return;
                }
                throw new RefusedException("this session is bound already, otherwise");
            }
        }
        if (all.size() == MOST) {
            throw new RefusedException("this connection is bound to " + MOST + " sessions already");
        }
        all.add(new Binding(HexFormat.of().formatHex(bind.session()), server, bind.forwarding()));
    }

    Optional<Binding> last() {
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /** That of this session. */
    Optional<Binding> of(byte[] session) {
        return all.stream().filter(one -> one.isOf(session)).findFirst();
    }

    /** Whether the agent was forwarded to whoever speaks. */
    boolean isForwarded() {
        return all.stream().anyMatch(Binding::forwarding);
    }
}
