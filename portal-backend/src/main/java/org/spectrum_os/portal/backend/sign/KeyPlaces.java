// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.KeyPlace;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.backend.sign.gpg.GnupgHome;
import org.spectrum_os.portal.backend.sign.gpg.KeyHome;
import org.spectrum_os.portal.backend.sign.vault.VaultHome;
import org.spectrum_os.portal.backend.sign.vault.VaultLink;
import org.spectrum_os.portal.keys.gpg.AgentSocket;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** Where secrets are, by what the policy says of it. Thread-safe. */
final class KeyPlaces implements AutoCloseable {
    private final Path folder;
    private final Optional<Path> sessionAgent;
    private final Function<String, Optional<Instance>> current;
    private final Map<Optional<Path>, GnupgHome> homes = new HashMap<>();
    private final Map<Vault, VaultHome> vaults = new HashMap<>();

    /** A vault that another policy puts elsewhere is another one. */
    private record Vault(String name, LinkAddress address) {}

    /**
     * @param folder       for the public keys of vaults, this user's alone
     * @param sessionAgent the ssh-agent of this session, SSH_AUTH_SOCK
     * @param current      an instance as the policy in force declares it
     */
    KeyPlaces(Path folder, Optional<Path> sessionAgent, Function<String, Optional<Instance>> current) {
        this.folder = folder;
        this.sessionAgent = sessionAgent;
        this.current = current;
    }

    /**
     * @throws IOException if there is none at that place; the message says what to do
     */
    synchronized KeyHome home(KeyPlace place) throws IOException {
        return switch (place) {
            case KeyPlace.GnupgHome(var path) -> homes.computeIfAbsent(path, GnupgHome::new);
            case KeyPlace.Vault(String name) -> {
                Vault vault = new Vault(name, address(name));
                leave(vault);
                yield vaults.computeIfAbsent(
                        vault, _ -> new VaultHome(name, new VaultLink(name, vault.address()), folder.resolve(name)));
            }
            case KeyPlace.SshAgent _ -> throw new IOException("an ssh-agent holds no OpenPGP keys");
        };
    }

    /** Both would have one place for the agent's socket, and gpg would go to the one of before. */
    private void leave(Vault now) {
        vaults.entrySet().removeIf(before -> {
            boolean moved = before.getKey().name().equals(now.name())
                    && !before.getKey().equals(now);
            if (moved) {
                before.getValue().close();
            }
            return moved;
        });
    }

    /** Connects to the ssh-agent of a place. */
    AgentSocket sshAgent(KeyPlace place) {
        return () -> switch (place) {
            case KeyPlace.SshAgent(var socket) -> local(socket);
            case KeyPlace.Vault(String name) -> new VaultLink(name, address(name)).sshAgent();
            case KeyPlace.GnupgHome _ -> throw new IOException("a home of GnuPG is no ssh-agent");
        };
    }

    private Connection local(Optional<Path> socket) throws IOException {
        Path path = socket.or(() -> sessionAgent)
                .orElseThrow(() -> new IOException("this session has no ssh-agent (SSH_AUTH_SOCK is not set): name its"
                        + " socket in the policy, \"agent\": \"/path\""));
        try {
            return Connection.connectUnix(path, SocketKind.STREAM);
        } catch (IOException e) {
            throw new IOException("the ssh-agent at " + path + " cannot be reached: " + e.getMessage(), e);
        }
    }

    /** The vault that a place names, for people. */
    static Optional<String> vaultOf(KeyPlace place) {
        return place instanceof KeyPlace.Vault(String name) ? Optional.of(name) : Optional.empty();
    }

    private LinkAddress address(String vault) throws IOException {
        return current.apply(vault)
                .filter(Instance::vault)
                .map(Instance::link)
                .orElseThrow(() -> new IOException("the policy has no VM " + vault + " that holds keys"));
    }

    @Override
    public synchronized void close() {
        vaults.values().forEach(VaultHome::close);
        vaults.clear();
    }
}
