// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.gpg;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.keys.gpg.AgentSocket;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * A home of GnuPG on this host, its key ring and its gpg-agent. Thread-safe. Starts programs and waits for them: platform threads.
 */
public final class GnupgHome implements KeyHome {
    /** Bytes of a listing; thousands of keys. */
    private static final int LISTING_MOST = 8 * 1024 * 1024;

    private final Optional<Path> folder;
    /** What it lists, and options of every gpg. */
    private final String listing;

    private final List<String> options;
    private final Map<String, Path> directories = new HashMap<>();
    private @Nullable Listed listed;
    private @Nullable Path socketInUse;

    /** For so long a listing is believed whose files have not changed: a key expires without a change. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    /** What was listed when, and the state of the files it came from. */
    private record Listed(Map<Path, FileTime> files, List<OpenpgpKey> keys, long nanos) {
        boolean isFresh() {
            return System.nanoTime() - nanos < FRESH.toNanos();
        }
    }

    /**
     * @param folder absolute; empty for the user's own
     */
    public GnupgHome(Optional<Path> folder) {
        this(folder, "--list-secret-keys", List.of());
    }

    private GnupgHome(Optional<Path> folder, String listing, List<String> options) {
        this.folder = folder;
        this.listing = listing;
        this.options = options;
    }

    /** One with public keys only, whose agent is somebody else's to run. */
    public static GnupgHome ofPublicKeys(Path folder) {
        return new GnupgHome(Optional.of(folder), "--list-keys", List.of("--no-autostart"));
    }

    /** Takes public keys into the key ring. */
    public void importKeys(byte[] keys) throws GpgException {
        GpgProcess.feed(
                command("gpg", "--batch", "--no-tty", "-q", "--import-options", "import-minimal", "--import"), keys);
    }

    @Override
    public Optional<String> vault() {
        return Optional.empty();
    }

    @Override
    public synchronized List<OpenpgpKey> keys() throws GpgException {
        Map<Path, FileTime> files = state();
        Listed before = listed;
        if (before != null && before.isFresh() && before.files().equals(files)) {
            return before.keys();
        }
        List<OpenpgpKey> keys = KeyListing.parse(GpgProcess.output(
                command("gpg", "--batch", "--no-tty", "-q", "--with-colons", "--with-keygrip", listing), LISTING_MOST));
        // What changed while gpg was listing is seen the next time.
        listed = new Listed(files, keys, System.nanoTime());
        return keys;
    }

    /** Times of the files in which gpg and its agent keep keys; a key made, changed or removed changes one of them. */
    private Map<Path, FileTime> state() throws GpgException {
        Path home = directory("homedir");
        var times = new HashMap<Path, FileTime>();
        for (String name :
                List.of("pubring.kbx", "pubring.gpg", "public-keys.d/pubring.db", "private-keys-v1.d", "trustdb.gpg")) {
            Path file = home.resolve(name);
            try {
                times.put(file, Files.getLastModifiedTime(file));
            } catch (NoSuchFileException _) {
                // That there is none is a state as well.
            } catch (IOException e) {
                throw new GpgException("the key ring in " + home + " cannot be looked at: " + e.getMessage(), e);
            }
        }
        return times;
    }

    @Override
    public void export(List<String> fingerprints, OutputStream to) throws IOException {
        var words = new ArrayList<>(
                List.of("--batch", "--no-tty", "-q", "--export", "--export-options", "export-minimal", "--"));
        words.addAll(fingerprints);
        GpgProcess.copyOutput(command("gpg", words.toArray(String[]::new)), to);
    }

    @Override
    public GpgSigning sign(String fingerprint, KeyMessage.SignOpenpgp.Form form, boolean armour) throws GpgException {
        return GpgSigning.start(command("gpg"), fingerprint, form, armour);
    }

    /**
     * The restricted socket of gpg-agent, meant for requests from elsewhere, where there is one: what this project's own filter let through
     * by mistake would still not get beyond it.
     */
    @Override
    public AgentSocket agent() {
        return this::connect;
    }

    private Connection connect() throws IOException {
        try {
            return Connection.connectUnix(socket(), SocketKind.STREAM);
        } catch (ErrnoException | GpgException e) {
            // Not running, or ended since: gpg starts it as well.
            GpgProcess.run(command("gpgconf", "--launch", "gpg-agent"));
            synchronized (this) {
                socketInUse = null;
            }
            return Connection.connectUnix(socket(), SocketKind.STREAM);
        }
    }

    /** Where gpg looks for gpg-agent, whether it is there or not. */
    public Path agentSocket() throws GpgException {
        return directory("agent-socket");
    }

    private synchronized Path socket() throws GpgException {
        Path known = socketInUse;
        if (known == null) {
            Path extra = directory("agent-extra-socket");
            known = Files.exists(extra, LinkOption.NOFOLLOW_LINKS) ? extra : agentSocket();
            if (!Files.exists(known, LinkOption.NOFOLLOW_LINKS)) {
                throw new GpgException("gpg-agent does not run");
            }
            socketInUse = known;
        }
        return known;
    }

    /** As gpgconf names it; it is where it is for as long as this lives. */
    private synchronized Path directory(String name) throws GpgException {
        Path known = directories.get(name);
        if (known == null) {
            String printed = GpgProcess.output(command("gpgconf", "--list-dirs", name), 8192)
                    .strip();
            if (!printed.startsWith("/")) {
                throw new GpgException("gpgconf does not say where GnuPG has its " + name);
            }
            // Its output is percent-escaped only for colons and percent signs.
            known = Path.of(printed.replace("%3a", ":").replace("%25", "%"));
            directories.put(name, known);
        }
        return known;
    }

    private List<String> command(String program, String... words) {
        var command = new ArrayList<String>();
        command.add(program);
        folder.ifPresent(home -> command.addAll(List.of("--homedir", home.toString())));
        if (program.equals("gpg")) {
            command.addAll(options);
        }
        command.addAll(List.of(words));
        return command;
    }

    @Override
    public String toString() {
        return folder.map(home -> "GnuPG home " + home).orElse("the user's GnuPG home");
    }
}
