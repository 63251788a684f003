// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.mock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.PolicyReader;
import org.spectrum_os.portal.backend.sign.gpg.GnupgHome;
import org.spectrum_os.portal.backend.sign.gpg.GpgSigning;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** One signature by a real gpg, whose content comes in pieces. */
@Timeout(60)
class OpenpgpSignatureTest {
    private static final int HEAD = ReceivedContent.HEAD;

    private final List<AutoCloseable> open = new ArrayList<>();
    private Path folder;
    private GnupgHome home;
    private KeyChannel channel;
    private KeyChannel guest;

    @BeforeEach
    void makeKey() throws Exception {
        folder = Files.createTempDirectory(Path.of("/tmp"), "k");
        run("gpg", "--batch", "--passphrase", "", "--quick-gen-key", "Ada <ada@example.org>", "ed25519", "sign");
        home = new GnupgHome(Optional.of(folder));
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        channel = new KeyChannel(ends.first());
        guest = new KeyChannel(ends.second());
        open.add(channel);
        open.add(guest);
    }

    @AfterEach
    void clearAway() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        run("gpgconf", "--kill", "all");
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void run(String program, String... words) throws Exception {
        var command = new ArrayList<>(List.of(program, "--homedir", folder.toString()));
        command.addAll(List.of(words));
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    }

    private OpenpgpSignature signature(String fingerprint, Semaphore places, Duration taking) throws IOException {
        OpenpgpKey.Part key = home.keys().getFirst().signingPart().orElseThrow();
        var part = new OpenpgpKey.Part(
                fingerprint.isEmpty() ? key.fingerprint() : fingerprint,
                key.keygrip(),
                key.capabilities(),
                key.usable(),
                key.created());
        return new OpenpgpSignature(home, part, ask(), channel, places, taking);
    }

    private static KeyMessage.SignOpenpgp ask() {
        return new KeyMessage.SignOpenpgp(
                KeyMessage.VERSION, Untrusted.of(""), KeyMessage.SignOpenpgp.Form.DETACHED, false, Untrusted.of(""));
    }

    private OpenpgpSignature signature(Semaphore places) throws IOException {
        return signature("", places, Duration.ofMinutes(1));
    }

    private static ByteBuffer piece(int bytes) {
        return ByteBuffer.allocate(bytes);
    }

    @Test
    void contentThatIsJustKeptNeedsNoPlace() throws Exception {
        try (var signature = signature(new Semaphore(0))) {
            signature.take(piece(HEAD));
            assertInstanceOf(GpgSigning.End.Created.class, signature.make());
        }
    }

    @Test
    void largerContentHasAPlaceWhateverItsPieces() throws Exception {
        var places = new Semaphore(1);
        try (var signature = signature(places)) {
            signature.take(piece(2));
            signature.take(piece(HEAD - 1));
            assertEquals(0, places.availablePermits());
            assertInstanceOf(GpgSigning.End.Created.class, signature.make());
        }
        assertEquals(1, places.availablePermits());
    }

    @Test
    void aGpgThatEndsEarlyIsARefusalAndNoBrokenConnection() throws Exception {
        var places = new Semaphore(1);
        try (var signature = signature("0".repeat(40), places, Duration.ofMinutes(1))) {
            signature.take(piece(HEAD));
            assertThrows(RefusedException.class, () -> {
                while (true) {
                    signature.take(piece(HEAD));
                }
            });
        }
        assertEquals(1, places.availablePermits());
        try (var signature = signature("0".repeat(40), places, Duration.ofMinutes(1))) {
            signature.take(piece(1));
            assertInstanceOf(GpgSigning.End.Failed.class, signature.make());
        }
    }

    @Test
    void anAgentThatSaysNothingDoesNotHoldItForEver() throws Exception {
        var places = new Semaphore(1);
        try (var signature = signature("", places, Duration.ofSeconds(2))) {
            Path socket = home.agentSocket();
            run("gpgconf", "--kill", "gpg-agent");
            Files.deleteIfExists(socket);
            open.add(Listener.unix(socket, SocketKind.STREAM, Listener.Identity.PROCESS));
            assertThrows(RefusedException.class, () -> {
                while (true) {
                    signature.take(piece(HEAD));
                }
            });
        }
        assertEquals(1, places.availablePermits());
    }

    @Test
    void noGpgIsLeftThatWouldTakeTheEndOfThisProgramForTheContents() throws Exception {
        Instance mail = PolicyReader.parse(
                        "test",
                        "{\"version\": 1, \"instances\": {\"mail\": {\"colour\": \"#3584e4\", \"link\": {\"vsock\": 12}, \"rules\":"
                                + " {}, \"keys\": [{\"gpg\": \""
                                + home.keys().getFirst().fingerprint()
                                + "\", \"home\": \"" + folder + "\", \"sign\": \"ask\"}]}}}")
                .instance("mail")
                .orElseThrow();
        try (var places = new KeyPlaces(folder, Optional.empty(), _ -> Optional.of(mail));
                var contents =
                        new ContentSigning(new Keychain(places, _ -> Optional.of(mail)), mock(KeyConsent.class))) {
            // As its owner does, the connection ends with the conversation: nobody would take what a guest goes on
            // sending.
            var serving = new FutureTask<>(() -> {
                try (KeyChannel served = channel) {
                    contents.serve("mail", ask(), served);
                }
                return null;
            });
            Thread.ofPlatform().daemon().start(serving);
            assertInstanceOf(
                    KeyMessage.Ready.class, guest.receiveMessage(KeyMessage.Answer.class, Duration.ofSeconds(20)));
            for (int sent = 0; sent < 300; sent++) {
                guest.sendData(piece(HEAD - 1));
            }
            assertInstanceOf(
                    KeyMessage.Received.class, guest.receiveMessage(KeyMessage.Answer.class, Duration.ofSeconds(20)));
            contents.close();
            try {
                guest.sendData(piece(HEAD - 1));
            } catch (IOException _) {
                // The conversation is over already: its last word waits to be read all the same.
            }
            assertInstanceOf(
                    KeyMessage.Failed.class, guest.receiveMessage(KeyMessage.Answer.class, Duration.ofSeconds(20)));
            serving.get(20, TimeUnit.SECONDS);
        }
    }
}
