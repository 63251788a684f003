// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.agent.keys.HostKeys;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** A host that answers what makes no sense, or that stops: a clean end each time. */
@Timeout(60)
final class HostSigningTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final KeyMessage.Signed SIGNED =
            new KeyMessage.Signed("D 22 10 00 1764360000 0123456789ABCDEF0123456789ABCDEF01234567");

    @TempDir
    Path folder;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    /** What the guest was told of its progress. */
    private final BlockingQueue<Long> received = new LinkedBlockingQueue<>();

    @FunctionalInterface
    private interface Host {
        void answer(KeyChannel channel) throws IOException;
    }

    private KeyMessage.Answer sign(InputStream content, Host host) throws Exception {
        try (Listener listener = Listener.unix(
                Ports.unixSocket(folder.resolve("vm"), Ports.KEYS), SocketKind.STREAM, Listener.Identity.SOCKET)) {
            Thread.ofPlatform().daemon().start(() -> {
                try (var channel = new KeyChannel(listener.accept())) {
                    channel.receiveMessage(KeyMessage.Ask.class, SOON);
                    host.answer(channel);
                    heard.add("answered");
                    while (true) {
                        heard.add(channel.receive(KeyMessage.Ask.class, SOON)
                                .getClass()
                                .getSimpleName());
                    }
                } catch (IOException e) {
                    heard.add("gone");
                }
            });
            return HostSigning.sign(
                    new HostAddress.UnixSocket(folder.resolve("vm")),
                    new KeyMessage.SignSsh(
                            KeyMessage.VERSION, Untrusted.of("k"), Untrusted.of("git"), Untrusted.of("")),
                    content,
                    output,
                    100,
                    received::add);
        }
    }

    private KeyMessage.Answer sign(Host host) throws Exception {
        return sign(new ByteArrayInputStream(new byte[] {1, 2, 3}), host);
    }

    private static void ready(KeyChannel channel) throws IOException {
        channel.send(new KeyMessage.Ready(), SOON);
    }

    private static void taken(KeyChannel channel) throws IOException {
        ready(channel);
        while (channel.receive(KeyMessage.Ask.class, SOON) instanceof KeyChannel.Piece.Data) {
            // To the end of the content.
        }
    }

    private static void data(KeyChannel channel, int count) throws IOException {
        channel.sendData(ByteBuffer.allocate(count));
    }

    @Test
    void aSignatureMayComeWithItsEndOrWithout() throws Exception {
        assertEquals(SIGNED, sign(channel -> {
            taken(channel);
            channel.send(new KeyMessage.Received(3), SOON);
            data(channel, 10);
            channel.send(SIGNED, SOON);
        }));
        assertEquals(10, output.size());
        assertEquals(3, received.poll(10, TimeUnit.SECONDS));
        assertEquals(SIGNED, sign(channel -> {
            taken(channel);
            data(channel, 10);
            channel.sendEnd();
            channel.send(SIGNED, SOON);
        }));
    }

    @Test
    void answersThatMakeNoSenseEndIt() {
        for (Host host : new Host[] {
            channel -> data(channel, 1),
            channel -> channel.send(SIGNED, SOON),
            channel -> channel.connection().write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 'X'})),
            channel -> channel.connection().write(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1})),
            channel -> {
                taken(channel);
                ready(channel);
            },
            channel -> {
                taken(channel);
                channel.send(SIGNED, SOON);
            },
            channel -> {
                taken(channel);
                data(channel, 101);
            },
            channel -> {
                taken(channel);
                channel.sendEnd();
                data(channel, 1);
            },
            channel -> {
                taken(channel);
                data(channel, 1);
                channel.send(new KeyMessage.Keys(List.of()), SOON);
            }
        }) {
            assertThrows(IOException.class, () -> sign(host));
        }
    }

    @Test
    void aSignatureOfWhatWasNotSentIsNone() throws Exception {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] into, int from, int count) {
                return count;
            }
        };
        assertThrows(
                ProtocolException.class,
                () -> sign(endless, channel -> {
                    ready(channel);
                    data(channel, 1);
                    channel.send(SIGNED, SOON);
                }));
        // The user may say no to what is still coming.
        assertEquals(new KeyMessage.Failed(KeyMessage.Why.DENIED), sign(endless, channel -> {
            ready(channel);
            channel.send(new KeyMessage.Failed(KeyMessage.Why.DENIED), SOON);
        }));
    }

    @Test
    void contentThatCannotBeReadIsNotSigned() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("disk on fire");
            }

            @Override
            public int read(byte[] into, int from, int count) throws IOException {
                return read();
            }
        };
        var e = assertThrows(IOException.class, () -> sign(broken, HostSigningTest::taken));
        assertTrue(String.valueOf(e.getMessage()).contains("disk on fire"), e.toString());
    }

    @Test
    void aHostThatStopsIsSaid() {
        var e = assertThrows(
                HostKeys.NoKeysException.class,
                () -> sign(channel -> {
                    taken(channel);
                    channel.close();
                }));
        assertTrue(String.valueOf(e.getMessage()).contains("before there was a signature"), e.toString());
    }
}
