// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.spectrum_os.portal.backend.agent.Service;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.sign.gpg.KeyHome;
import org.spectrum_os.portal.keys.gpg.AgentConversation;
import org.spectrum_os.portal.keys.ssh.SshConversation;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.transport.Connection;

/** Serves the connections on which guests want something done with keys. Thread-safe. */
public final class KeyPortal implements Service.Conversations, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(KeyPortal.class.getName());
    /** Of one instance; each is one operation, or one session of gpg or ssh. */
    public static final int CONNECTIONS_MOST = 128;

    private static final Duration HELLO = Duration.ofSeconds(10);
    /** For a guest to learn that its connection ends, before it does. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final int DROPPED_MOST = 1024 * 1024;

    private final Keychain keychain;
    private final KeyPlaces places;
    private final KeyConsent consent;
    private final ContentSigning contents;
    private final HostSession session;
    private final KnownServers servers;
    private final LogBudget lines = new LogBudget();

    /**
     * What it needs of this host.
     *
     * @param folder      for the public keys of vaults; made when it is needed
     * @param environment of this process
     * @param knownHosts  lists in OpenSSH's form
     */
    public record Host(Path folder, Map<String, String> environment, List<Path> knownHosts) {
        /** The user's own. */
        public static Host of(Path folder, Map<String, String> environment, Path home) {
            return new Host(
                    folder,
                    environment,
                    List.of(home.resolve(".ssh/known_hosts"), Path.of("/etc/ssh/ssh_known_hosts")));
        }
    }

    /**
     * @param current an instance as the policy in force declares it; empty if it does not
     */
    public KeyPortal(
            ConsentDesk desk,
            LeaseTable leases,
            AuditBook audit,
            InstantSource clock,
            Function<String, Optional<Instance>> current,
            Host host) {
        Optional<Path> sshAgent = Optional.ofNullable(host.environment().get("SSH_AUTH_SOCK"))
                .filter(path -> path.startsWith("/"))
                .map(Path::of);
        this.places = new KeyPlaces(host.folder(), sshAgent, current);
        this.keychain = new Keychain(places, current);
        this.consent = new KeyConsent(desk, leases, audit, clock, current);
        this.contents = new ContentSigning(keychain, consent);
        this.session = HostSession.of(host.environment());
        this.servers = new KnownServers(host.knownHosts());
    }

    @Override
    public void serve(String instance, Connection connection) {
        var channel = new KeyChannel(connection);
        try {
            KeyMessage.Ask ask = channel.receiveMessage(KeyMessage.Ask.class, HELLO);
            if (ask.version() != KeyMessage.VERSION) {
                channel.send(
                        new KeyMessage.Refused("the guest's agent speaks version " + ask.version()
                                + " of the protocol for keys, this host " + KeyMessage.VERSION
                                + ": update the older of the two"),
                        HELLO);
            } else {
                serve(instance, ask, channel);
            }
            connection.finishWriting();
            connection.closeAfterDraining(LINGER, DROPPED_MOST);
        } catch (IOException e) {
            tell(instance, "a connection about keys ends: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Whatever it is, a guest may be able to bring it about as often as it likes.
            tell(instance, "a connection about keys ends by a fault of this program: " + e);
            LOG.log(DEBUG, "that fault", e);
        } finally {
            channel.close();
        }
    }

    private void serve(String instance, KeyMessage.Ask ask, KeyChannel channel)
            throws IOException, InterruptedException {
        switch (ask) {
            case KeyMessage.GpgAgent _ -> {
                channel.send(new KeyMessage.Ready(), HELLO);
                var abort = new Abort();
                new AgentConversation(
                                channel.connection(),
                                new OpenpgpKeys(instance, keychain, consent, session, abort),
                                abort::abort,
                                line -> tell(instance, line))
                        .run();
            }
            case KeyMessage.SshAgent _ -> {
                channel.send(new KeyMessage.Ready(), HELLO);
                var abort = new Abort();
                new SshConversation(
                                channel.connection(),
                                new SshIdentities(instance, keychain, consent, servers, abort),
                                line -> tell(instance, line),
                                abort::abort)
                        .run();
            }
            case KeyMessage.PublicKeys _ -> publicKeys(instance, channel);
            case KeyMessage.Sign sign -> contents.serve(instance, sign, channel);
        }
    }

    /** Of all keys that it may use for anything, here or by content. */
    private void publicKeys(String instance, KeyChannel channel) throws IOException {
        channel.send(new KeyMessage.Ready(), HELLO);
        var byHome = new LinkedHashMap<KeyHome, List<String>>();
        for (UsableKey key : keychain.openpgp(instance)) {
            byHome.computeIfAbsent(key.home(), _ -> new ArrayList<>())
                    .add(key.key().fingerprint());
        }
        for (var home : byHome.entrySet()) {
            home.getKey().export(home.getValue(), new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] from, int offset, int length) throws IOException {
                    channel.sendData(ByteBuffer.wrap(from, offset, length), GuestContent.TAKE);
                }
            });
        }
        channel.sendEnd();
        channel.send(
                new KeyMessage.Keys(byHome.values().stream()
                        .flatMap(List::stream)
                        .distinct()
                        .toList()),
                HELLO);
        lines.write(instance, instance + " has the public keys that it may use", text -> LOG.log(INFO, text));
    }

    /** A guest can bring it about at will. */
    private void tell(String instance, String line) {
        lines.write(instance, instance + ": " + line, text -> LOG.log(WARNING, text));
    }

    @Override
    public void close() {
        contents.close();
        places.close();
    }
}
