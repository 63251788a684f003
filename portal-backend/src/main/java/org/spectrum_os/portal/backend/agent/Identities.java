// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.transport.Peer;

/** Who a peer is, decided by the transport and the policy and nothing else. Immutable. */
final class Identities {
    private final Map<Peer, Instance> byPeer = new HashMap<>();

    Identities(List<Instance> instances) {
        for (Instance instance : instances) {
            switch (instance.link()) {
                case LinkAddress.Vsock(int cid) -> byPeer.put(new Peer.Vsock(cid), instance);
                case LinkAddress.Unix(var socket) -> {
                    for (int port : DoorListeners.PORTS) {
                        byPeer.put(new Peer.UnixSocket(Ports.unixSocket(socket, port)), instance);
                    }
                }
            }
        }
    }

    /** The name of the peer's instance; empty if it is none. */
    Optional<String> nameOf(Peer peer) {
        return of(peer).map(Instance::name);
    }

    Optional<Instance> of(Peer peer) {
        return Optional.ofNullable(byPeer.get(peer));
    }
}
