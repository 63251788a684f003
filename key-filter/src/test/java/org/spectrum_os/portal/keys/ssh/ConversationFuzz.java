// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.FrameChannel;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * What Jazzer calls with a script of what a guest does: a whole conversation. Each message is answered or ends it; nothing is signed that
 * is not what it is said to be; no server is named that did not prove itself; nothing of the guest's gets into the log.
 */
public final class ConversationFuzz {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final FakeServer[] SERVERS = {new FakeServer(), new FakeServer()};
    /** Binding messages, by the choice that makes them: signing them takes longest. */
    private static final Map<Integer, byte[]> BINDS = new ConcurrentHashMap<>();

    private static final Set<Byte> ANSWERS = Set.of((byte) 5, (byte) 6, (byte) 12, (byte) 14, (byte) 28, (byte) 29);

    private final ByteBuffer script;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final AtomicInteger gone = new AtomicInteger();
    private volatile @Nullable Throwable wrong;

    private ConversationFuzz(byte[] input) {
        script = ByteBuffer.wrap(input);
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        new ConversationFuzz(input).play();
    }

    private void play() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        var conversation = new SshConversation(ends.second(), new Keys(), log::add, gone::incrementAndGet);
        Thread host = Thread.ofPlatform().daemon().start(() -> {
            try {
                conversation.run();
            } catch (Throwable e) {
                wrong = e;
            }
        });
        try (var guest = new FrameChannel(ends.first())) {
            while (script.hasRemaining() && act(guest)) {
                // Goes on.
            }
        }
        host.join(PATIENCE);
        if (wrong != null) {
            throw new AssertionError(wrong);
        }
        if (host.isAlive() || gone.get() != 1 || !ends.second().isClosed()) {
            throw new AssertionError("it did not end as it should");
        }
        if (!log.stream().allMatch(line -> line.matches("[ -~]+"))) {
            throw new AssertionError("in the log: " + log);
        }
    }

    /** One step; false if that was the last. */
    private boolean act(FrameChannel guest) throws IOException {
        int act = script.get();
        int choice = next();
        byte[] message = switch (act & 7) {
            case 0 -> new byte[] {11};
            case 1 -> bind(choice);
            case 2 -> login(choice);
            case 3 -> FakeServer.signRequest(key(choice), FakeServer.file("git", "sha512", new byte[64]), choice >> 1);
            case 4 -> changed(bind(choice));
            case 5 -> changed(login(choice));
            case 6 -> piece(choice);
            default -> {
                guest.connection().write(ByteBuffer.wrap(piece(choice)));
                yield new byte[0];
            }
        };
        return message.length > 0 && isAnswered(guest, message);
    }

    private boolean isAnswered(FrameChannel guest, byte[] message) throws IOException {
        guest.send(message);
        try {
            byte[] answer = guest.receive(PATIENCE);
            if (!ANSWERS.contains(answer[0])) {
                throw new AssertionError("an answer of type " + answer[0]);
            }
            return true;
        } catch (EOFException e) {
            try {
                GuestMessage.parse(message);
            } catch (ProtocolException _) {
                return false;
            }
            throw new AssertionError("an end without a reason", e);
        }
    }

    private int next() {
        return script.hasRemaining() ? Byte.toUnsignedInt(script.get()) : 0;
    }

    private byte[] piece(int bytes) {
        byte[] piece = new byte[Math.min(bytes, script.remaining())];
        script.get(piece);
        return piece;
    }

    private byte[] changed(byte[] message) {
        message[(next() << 8 | next()) % message.length] = (byte) next();
        return message;
    }

    private static SshKey key(int choice) {
        return (choice & 1) == 0 ? SignedDataTest.KEY : SignedDataTest.RSA;
    }

    /** To a session by its own server or, if the choice is odd, with that server's key and another's signature. */
    private static byte[] bind(int choice) {
        return BINDS.computeIfAbsent(choice & 127, _ -> {
                    byte[] session = FakeServer.session((choice >> 2) & 31);
                    FakeServer server = serverOf(session);
                    FakeServer signer = (choice & 1) == 0 ? server : SERVERS[(session[0] + 1) & 1];
                    return FakeServer.bindMessage(server.key(), session, signer.sign(session), (choice & 2) != 0);
                })
                .clone();
    }

    private static FakeServer serverOf(byte[] session) {
        return SERVERS[session[0] & 1];
    }

    private static byte[] login(int choice) {
        byte[] hostKey = (choice & 2) == 0 ? null : SERVERS[(choice >> 7) & 1].key();
        byte[] session = FakeServer.session((choice >> 2) & 31);
        String algorithm = (choice & 1) == 0 ? "ssh-ed25519" : "rsa-sha2-512";
        return FakeServer.signRequest(
                key(choice), FakeServer.login(session, "jo", key(choice), algorithm, hostKey), (choice & 1) * 4);
    }

    private static final class Keys implements GuestIdentities {
        @Override
        public List<SshKey> all() {
            return List.of(SignedDataTest.KEY, SignedDataTest.RSA);
        }

        @Override
        public Optional<byte[]> sign(SshKey key, SshRequest what, byte[] data, int flags) {
            switch (what) {
                case SshRequest.Signature(var namespace, String algorithm, String hash) ->
                    ParserFuzz.requireSame(
                            data,
                            FakeServer.file(
                                    namespace.<String>validate(name -> name),
                                    algorithm,
                                    HexFormat.of().parseHex(hash)));
                case SshRequest.Login(var user, var server, boolean _) -> {
                    String algorithm = key.isSame(SignedDataTest.KEY)
                            ? "ssh-ed25519"
                            : flags == 4 ? "rsa-sha2-512" : "rsa-sha2-256";
                    ParserFuzz.requireLogin(data, user.<String>validate(name -> name), key, algorithm);
                    byte[] session = Arrays.copyOfRange(data, 4, 4 + data[3]);
                    if (server != null
                            && !server.isSame(SshKey.of(serverOf(session).key(), ""))) {
                        throw new AssertionError("a server that did not prove itself");
                    }
                }
            }
            return Optional.of(new byte[] {1});
        }
    }
}
