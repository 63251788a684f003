// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.filevm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.backend.agent.VmDialer;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.Relay;
import org.spectrum_os.portal.transport.SocketKind;

/** What carries a guest's bytes to the VM that serves it, and how that VM is reached. */
class RelayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private Connection.Ends guest;
    private Connection.Ends vm;
    private Relay relay;
    private CompletableFuture<Void> over;

    @BeforeEach
    void start() throws Exception {
        guest = Connection.pair(SocketKind.STREAM);
        vm = Connection.pair(SocketKind.STREAM);
        relay = new Relay(guest.second(), vm.second());
        over = run(() -> {
            relay.run();
            return null;
        });
    }

    @AfterEach
    void stop() {
        relay.close();
        guest.first().close();
        vm.first().close();
    }

    private static <T> CompletableFuture<T> run(java.util.concurrent.Callable<T> task) {
        var result = new CompletableFuture<T>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static byte[] readFully(Connection from, int bytes) throws IOException {
        var buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining() && from.read(buffer, PATIENCE) >= 0) {}
        assertFalse(buffer.hasRemaining());
        return buffer.array();
    }

    private static int end(Connection of) throws IOException {
        return of.read(ByteBuffer.allocate(1), PATIENCE);
    }

    @Test
    void carriesBothWaysAtOnceAndWhole() throws Exception {
        byte[] there = new byte[3_000_000];
        byte[] back = new byte[2_000_000];
        new Random(1).nextBytes(there);
        new Random(2).nextBytes(back);
        var wrote = run(() -> {
            guest.first().write(ByteBuffer.wrap(there));
            return null;
        });
        var wroteBack = run(() -> {
            vm.first().write(ByteBuffer.wrap(back));
            return null;
        });
        var got = run(() -> readFully(vm.first(), there.length));
        assertArrayEquals(back, readFully(guest.first(), back.length));
        assertArrayEquals(there, got.get(20, TimeUnit.SECONDS));
        wrote.get(20, TimeUnit.SECONDS);
        wroteBack.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aGuestThatFinishesStillGetsItsAnswer() throws Exception {
        guest.first().write(ByteBuffer.wrap(new byte[] {1}));
        guest.first().finishWriting();
        assertEquals(1, readFully(vm.first(), 1)[0]);
        assertEquals(-1, end(vm.first()));
        vm.first().write(ByteBuffer.wrap(new byte[] {2}));
        vm.first().close();
        assertEquals(2, readFully(guest.first(), 1)[0]);
        assertEquals(-1, end(guest.first()));
        over.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aGuestThatIsGoneEndsItForAVmThatTakesNoNote() throws Exception {
        guest.first().close();
        assertEquals(-1, end(vm.first()));
        over.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aVmThatIsGoneIsToldToTheGuest() throws Exception {
        vm.first().close();
        assertEquals(-1, end(guest.first()));
        over.get(20, TimeUnit.SECONDS);
        assertThrows(IOException.class, () -> {
            for (int i = 0; i < 100; i++) {
                guest.first().write(ByteBuffer.wrap(new byte[1024]));
            }
        });
    }

    @Test
    void nothingComesFromAVmThatWasCut() throws Exception {
        relay.endServing();
        assertEquals(-1, end(guest.first()));
        over.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aGuestThatReadsNothingIsCutLikeAnyOther() throws Exception {
        var writing = run(() -> {
            while (true) {
                vm.first().write(ByteBuffer.wrap(new byte[64 * 1024]));
            }
        });
        guest.first().write(ByteBuffer.wrap(new byte[] {1}));
        assertEquals(1, readFully(vm.first(), 1)[0]);
        relay.close();
        over.get(20, TimeUnit.SECONDS);
        assertThrows(Exception.class, () -> writing.get(20, TimeUnit.SECONDS));
    }

    @Test
    void placesAreBoundedAndCut() throws Exception {
        var relays = new Relays();
        Relays.Place first = relays.begin("mail", "disk", guest.second());
        assertFalse(relays.has("mail"));
        assertTrue(relays.connected(first, relay));
        assertTrue(relays.has("mail"));
        for (int i = 1; i < 8; i++) {
            var _ = relays.begin("mail", "disk", guest.second());
        }
        assertThrows(IOException.class, () -> relays.begin("mail", "disk", guest.second()));
        Relays.Place early = relays.begin("web", "disk", guest.second());
        relays.cutVm("disk");
        over.get(20, TimeUnit.SECONDS);
        assertFalse(relays.connected(early, relay), "it was cut before it was connected");
        assertTrue(relays.end(early));
        assertTrue(relays.end(first));
        assertFalse(relays.has("mail"));
    }

    private CompletableFuture<String> monitor(String answer) throws Exception {
        Listener listener = Listener.unix(folder.resolve("vm.vsock"), SocketKind.STREAM, Listener.Identity.SOCKET);
        return run(() -> {
            try (listener;
                    Connection connection = listener.accept()) {
                var asked = ByteBuffer.allocate(64);
                while (asked.position() == 0 || asked.get(asked.position() - 1) != '\n') {
                    if (connection.read(asked, PATIENCE) < 0) {
                        break;
                    }
                }
                connection.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
                connection.closeAfterDraining(PATIENCE, 64);
                return new String(asked.array(), 0, asked.position(), StandardCharsets.US_ASCII);
            }
        });
    }

    private Connection dial() throws IOException {
        return VmDialer.dial(new LinkAddress.Unix(folder.resolve("vm.vsock")), 5221);
    }

    @Test
    void theMonitorIsAskedForThePortAndWhatFollowsIsTheVms() throws Exception {
        CompletableFuture<String> asked = monitor("OK 1073741824\nx");
        try (Connection connection = dial()) {
            assertEquals('x', readFully(connection, 1)[0]);
        }
        assertEquals("CONNECT 5221\n", asked.get(20, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NO\n", "OK", "OK 123456789012345678901234567890123\n", "\n"})
    void anythingElseIsNoConnection(String answer) throws Exception {
        CompletableFuture<String> asked = monitor(answer);
        // A monitor that says nothing more is given up.
        var failure = run(() -> assertThrows(IOException.class, this::dial));
        failure.get(20, TimeUnit.SECONDS);
        asked.get(20, TimeUnit.SECONDS);
    }

    @Test
    void noMonitorIsAnError() {
        assertThrows(IOException.class, this::dial);
    }
}
