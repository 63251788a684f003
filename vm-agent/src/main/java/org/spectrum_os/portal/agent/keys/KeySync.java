// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.keys;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyChannel.Piece;
import org.spectrum_os.portal.protocol.KeyMessage;

/**
 * Puts the public keys whose secret halves this VM may use at the host into the VM's own keyring, and trusts exactly those as its own:
 * what they sign is the user's. What is in the keyring already is added to and never taken away.
 */
public final class KeySync {
    /** Between two pieces; nobody is asked. */
    private static final Duration NEXT = Duration.ofSeconds(30);
    /** Bytes of all public keys. */
    private static final long MOST_BYTES = 64L * 1024 * 1024;

    private KeySync() {}

    /**
     * Runs once.
     *
     * @param home gpg's folder, or null for its own choice
     * @param out  is told which keys are there now
     * @throws IOException if the host has nothing to say, or the VM's gpg fails; the message says what to do
     */
    public static void run(HostAddress host, @Nullable String home, PrintStream out) throws IOException {
        var gpg = new GnuPg(home);
        // Before the host is asked: without gpg nothing could be done with the answer.
        gpg.ask("gpg", "--batch", "--version");
        List<String> fingerprints;
        try (KeyChannel channel = HostKeys.open(host, new KeyMessage.PublicKeys(KeyMessage.VERSION))) {
            fingerprints = imported(channel, gpg);
        }
        if (fingerprints.isEmpty()) {
            out.println("The host offers this VM no OpenPGP key; its policy names the keys that a VM may use.");
            return;
        }
        // 6 is "ultimate" in the format of --export-ownertrust.
        gpg.finish("gpg", String.join(":6:\n", fingerprints) + ":6:\n", "--batch", "--quiet", "--import-ownertrust");
        List<String> words = new ArrayList<>(List.of("--batch", "--quiet", "--list-keys"));
        words.addAll(fingerprints);
        out.print(gpg.ask("gpg", words.toArray(String[]::new)));
    }

    private static List<String> imported(KeyChannel channel, GnuPg gpg) throws IOException {
        // Started when the first piece comes: gpg fails on nothing.
        Process importing = null;
        try {
            long bytes = 0;
            Piece<KeyMessage.Answer> piece = channel.receive(KeyMessage.Answer.class, NEXT);
            while (piece instanceof Piece.Data<KeyMessage.Answer>(ByteBuffer data)) {
                bytes += data.remaining();
                if (bytes > MOST_BYTES) {
                    throw new IOException("the host sends more than " + MOST_BYTES + " bytes of public keys");
                }
                if (importing == null) {
                    importing =
                            gpg.start("gpg", "--batch", "--quiet", "--import-options", "keep-ownertrust", "--import");
                }
                importing.getOutputStream().write(data.array(), data.arrayOffset() + data.position(), data.remaining());
                piece = channel.receive(KeyMessage.Answer.class, NEXT);
            }
            if (piece instanceof Piece.End
                    && channel.receiveMessage(KeyMessage.Answer.class, NEXT)
                            instanceof KeyMessage.Keys(List<String> fingerprints)) {
                if (importing != null) {
                    finish(importing);
                }
                return fingerprints;
            }
            throw new IOException("the host sends public keys in an order that makes no sense");
        } finally {
            if (importing != null) {
                importing.destroy();
            }
        }
    }

    private static void finish(Process importing) throws IOException {
        try (OutputStream rest = importing.getOutputStream()) {
            rest.flush();
        }
        importing.getInputStream().transferTo(OutputStream.nullOutputStream());
        GnuPg.await(importing, "gpg --import");
    }
}
