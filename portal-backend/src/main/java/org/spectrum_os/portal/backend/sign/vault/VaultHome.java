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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.sign.gpg.GnupgHome;
import org.spectrum_os.portal.backend.sign.gpg.GpgSigning;
import org.spectrum_os.portal.backend.sign.gpg.KeyHome;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;
import org.spectrum_os.portal.keys.gpg.AgentSocket;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.LogBudget;
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
    /** For so long the vault's list of keys is believed, and that it did not tell one. */
    private static final Duration FRESH = Duration.ofSeconds(10);
    /** Bytes of the key ring above which it is begun anew: it would keep whatever a vault has ever sent. */
    private static final long RING_MOST = 16L * 1024 * 1024;

    private final String name;
    private final VaultLink link;
    private final Path folder;
    private final GnupgHome home;
    private final LogBudget lines = new LogBudget();
    /** Held while the vault is asked. The monitor is not: signing, and the end, do not wait for a vault that is silent. */
    private final ReentrantLock asking = new ReentrantLock();

    private @Nullable Told told;
    private @Nullable Listener agentSocket;
    private boolean closed;

    /**
     * What the vault said, or that it did not.
     *
     * @param imported SHA-256 of the public keys
     */
    private record Told(
            List<String> fingerprints,
            String imported,
            @Nullable IOException failure,
            long at) {
        boolean isFresh() {
            return System.nanoTime() - at < FRESH.toNanos();
        }
    }

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
    public List<OpenpgpKey> keys() throws IOException {
        asking.lock();
        try {
            Told now = told;
            if (now == null || !now.isFresh()) {
                now = ask(now == null ? "" : now.imported());
                told = now;
            }
            if (now.failure() != null) {
                throw new IOException(now.failure().getMessage(), now.failure());
            }
            List<String> fingerprints = now.fingerprints();
            return home.keys().stream()
                    .filter(key -> fingerprints.contains(key.fingerprint()))
                    .toList();
        } finally {
            asking.unlock();
        }
    }

    private Told ask(String imported) {
        String hash = imported;
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            var keys = new ByteArrayOutputStream();
            List<String> fingerprints = link.publicKeys(keys);
            String sent = sha256(keys.toByteArray());
            Path ring = folder.resolve("pubring.kbx");
            if (keys.size() > 0 && (!sent.equals(imported) || !Files.exists(ring))) {
                hash = "";
                makeRoom(ring);
                home.importKeys(keys.toByteArray());
                hash = sent;
            }
            return new Told(fingerprints, hash, null, System.nanoTime());
        } catch (IOException e) {
            return new Told(List.of(), hash, e, System.nanoTime());
        }
    }

    private static void makeRoom(Path ring) throws IOException {
        if (Files.exists(ring) && Files.size(ring) > RING_MOST) {
            Files.delete(ring);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
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
        if (closed) {
            throw new IOException("the vault " + name + " is elsewhere by now, by another policy");
        }
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
            LOG.log(WARNING, "the agent of the vault {0} takes no more of gpg: {1}", name, e.getMessage());
            forget(listener);
        }
    }

    /** The next signature makes it anew. */
    private synchronized void forget(Listener listener) {
        if (listener == agentSocket) {
            agentSocket = null;
        }
        listener.close();
    }

    private void relay(Connection gpg) {
        try (gpg) {
            new Relay(gpg, link.gpgAgent()).run();
        } catch (IOException e) {
            lines.write(name, String.valueOf(e.getMessage()), line -> LOG.log(WARNING, line));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (agentSocket != null) {
            agentSocket.close();
            agentSocket = null;
        }
    }
}
