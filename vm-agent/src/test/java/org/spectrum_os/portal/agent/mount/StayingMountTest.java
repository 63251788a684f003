// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** The real socket and its end; the kernel only says that it mounted. */
@Timeout(30)
final class StayingMountTest {
    private static final String MOUNTED = "36 35 98:0 / %s rw - 9p spectrum-portal rw\n";

    @TempDir
    Path folder;

    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final List<Duration> pauses = new ArrayList<>();
    /** Nothing here waits for the clock. */
    private final StayingMount.Clock clock = pauses::add;

    private String next() throws InterruptedException {
        String line = said.poll(20, TimeUnit.SECONDS);
        assertNotNull(line, "nothing was said");
        return line;
    }

    private Path table() {
        return folder.resolve("mountinfo");
    }

    private void write(String table) {
        try {
            Files.writeString(table(), table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String point() {
        return folder.resolve("portal").toString();
    }

    private Listener host() throws IOException {
        return Listener.unix(
                Ports.unixSocket(folder.resolve("vm"), Ports.FILES), SocketKind.STREAM, Listener.Identity.SOCKET);
    }

    private MountStep step(Kernel kernel) {
        return new MountStep(new HostAddress.UnixSocket(folder.resolve("vm")), point(), 65_536, table(), kernel);
    }

    @Test
    void mountsAgainWhenTheHostHasClosedTheConnection() throws Exception {
        write("");
        var kernel = new ScriptedKernel(0, 0, Posix.EPERM);
        kernel.onDetach = () -> write("");
        try (var listener = host()) {
            var end = new CompletableFuture<String>();
            Thread.ofPlatform().daemon().start(() -> {
                var e = assertThrows(
                        MountStep.MountException.class, () -> new StayingMount(step(kernel), clock, said::add).run());
                end.complete(e.getMessage());
            });
            for (int round = 1; round <= 2; round++) {
                assertEquals("lent files appear in " + point(), next());
                write(MOUNTED.formatted(point()));
                Connection accepted = listener.accept();
                // Data on the connection is the kernel's business and no end.
                accepted.write(ByteBuffer.wrap(new byte[100]));
                assertNull(said.poll(300, TimeUnit.MILLISECONDS));
                assertEquals(round - 1, kernel.detached.size());
                accepted.close();
                assertEquals("the host has closed the connection behind " + point(), next());
                assertEquals("the dead mount on " + point() + " was taken away", next());
                assertEquals(round, kernel.detached.size());
            }
            // What waiting does not mend ends it.
            assertTrue(end.get(20, TimeUnit.SECONDS).contains("run this as root"));
        }
        assertEquals(3, kernel.mounts.size());
        assertEquals(List.of(), pauses);
    }

    @Test
    void waitsForTheHostAndSaysSoOnce() throws Exception {
        write("");
        var listening = new CompletableFuture<Listener>();
        var counting = new ArrayList<Duration>();
        StayingMount.Clock bringsTheHostUp = length -> {
            counting.add(length);
            if (counting.size() == 8) {
                try {
                    listening.complete(host());
                } catch (IOException e) {
                    listening.completeExceptionally(e);
                }
            }
        };
        var staying = new StayingMount(step(new ScriptedKernel()), bringsTheHostUp, said::add);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                staying.run();
            } catch (MountStep.MountException | InterruptedException e) {
                said.add(String.valueOf(e.getMessage()));
            }
        });
        String first = next();
        assertTrue(first.contains("cannot be reached") && first.endsWith("trying again until it works"), first);
        assertEquals("lent files appear in " + point(), next());
        assertEquals(
                List.of(200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L, 5_000L),
                counting.stream().map(Duration::toMillis).toList());
        listening.get().close();
    }

    /** The socket of a mount that somebody else made cannot be watched, but the mount can be looked at. */
    @Test
    void replacesTheMountOfAnEarlierRunOnceThatIsDead() throws Exception {
        Files.createDirectory(Path.of(point()));
        write(MOUNTED.formatted(point()));
        var kernel = new ScriptedKernel(Posix.EPERM);
        kernel.onDetach = () -> write("");
        StayingMount.Clock killsTheMount = length -> {
            pauses.add(length);
            if (pauses.size() == 3) {
                delete(Path.of(point()));
            }
        };
        try (var listener = host()) {
            assertThrows(
                    MountStep.MountException.class,
                    () -> new StayingMount(step(kernel), killsTheMount, said::add).run());
        }
        assertEquals(point() + " is mounted and alive already", next());
        assertEquals("the mount on " + point() + " does not answer any more", next());
        assertEquals(3, pauses.size());
        assertEquals(List.of(point()), kernel.detached);
        assertEquals(1, kernel.mounts.size());
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anotherFileSystemIsNeverTakenAway() throws Exception {
        write(MOUNTED.formatted(point()).replace("9p", "tmpfs"));
        var kernel = new ScriptedKernel();
        var e = assertThrows(
                MountStep.MountException.class, () -> new StayingMount(step(kernel), clock, said::add).run());
        assertTrue(String.valueOf(e.getMessage()).contains("type tmpfs"));
        assertEquals(List.of(), kernel.detached);
        assertEquals(List.of(), kernel.mounts);
    }
}
