// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.vault;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.sign.gpg.GnupgHome;
import org.spectrum_os.portal.backend.sign.gpg.GpgSigning;
import org.spectrum_os.portal.backend.sign.gpg.KeyHome;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;
import org.spectrum_os.portal.keys.gpg.AgentSocket;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.Relay;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * The keys of a vault, as a home of GnuPG on this host: its key ring holds the vault's public keys, and its agent socket leads to the vault's
 * gpg-agent. So the host's own gpg hashes what is signed, and the vault signs the hash. Thread-safe.
 */
public final class VaultHome implements KeyHome, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(VaultHome.class.getName());
    /** For so long the vault's list of keys is believed. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    private final String name;
    private final VaultLink link;
    private final Path folder;
    private final GnupgHome home;
    private List<String> fingerprints = List.of();
    private long listedAt;
    private boolean listed;
    private @Nullable Listener agentSocket;

    /**
     * @param folder for its key ring; made if it is not there
     */
    public VaultHome(String name, VaultLink link, Path folder) {
        this.name = name;
        this.link = link;
        this.folder = folder;
        this.home = GnupgHome.ofPublicKeys(folder);
    }

    @Override
    public Optional<String> vault() {
        return Optional.of(name);
    }

    @Override
    public synchronized List<OpenpgpKey> keys() throws IOException {
        if (!listed || System.nanoTime() - listedAt > FRESH.toNanos()) {
            listed = false;
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            var keys = new ByteArrayOutputStream();
            fingerprints = link.publicKeys(keys);
            if (keys.size() > 0) {
                home.importKeys(keys.toByteArray());
            }
            listed = true;
            listedAt = System.nanoTime();
        }
        return home.keys().stream()
                .filter(key -> fingerprints.contains(key.fingerprint()))
                .toList();
    }

    @Override
    public AgentSocket agent() {
        return link::gpgAgent;
    }

    @Override
    public void export(List<String> wanted, OutputStream to) throws IOException {
        home.export(wanted, to);
    }

    @Override
    public GpgSigning sign(String fingerprint, KeyMessage.SignOpenpgp.Form form, boolean armour) throws IOException {
        listen();
        return home.sign(fingerprint, form, armour);
    }

    /** Where gpg looks for this home's agent. */
    private synchronized void listen() throws IOException {
        if (agentSocket != null) {
            return;
        }
        Path socket = home.agentSocket();
        Path parent = socket.getParent();
        if (parent != null) {
            Files.createDirectories(
                    parent, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Listener listener = Listener.unix(socket, SocketKind.STREAM, Listener.Identity.PROCESS);
        agentSocket = listener;
        Thread.ofPlatform().daemon().name("agent of vault " + name).start(() -> acceptAll(listener));
    }

    private void acceptAll(Listener listener) {
        try {
            while (true) {
                Connection gpg = listener.accept();
                Thread.ofPlatform().daemon().name("gpg to vault " + name).start(() -> relay(gpg));
            }
        } catch (ClosedChannelException e) {
            LOG.log(DEBUG, "{0} is closed", listener);
        } catch (IOException e) {
            LOG.log(WARNING, "nothing more can be signed by content in the vault {0}: {1}", name, e.getMessage());
        }
    }

    private void relay(Connection gpg) {
        try (gpg) {
            new Relay(gpg, link.gpgAgent()).run();
        } catch (IOException e) {
            LOG.log(WARNING, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        if (agentSocket != null) {
            agentSocket.close();
            agentSocket = null;
        }
    }
}
