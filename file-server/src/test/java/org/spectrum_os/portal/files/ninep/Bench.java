// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.SocketKind;

/** A file server in this process with clients on socket pairs. Closing it asserts that nothing went wrong inside. */
final class Bench implements AutoCloseable, FileServer.Events {
    final List<String> log = new CopyOnWriteArrayList<>();
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final FileServer server = new FileServer(this, log::add);

    void lend(String instance, String lease, Path file) throws Exception {
        server.lend(instance, lease, String.valueOf(file.getFileName()), FileNode.openForReading(file.toRealPath()));
    }

    NinepClient connect(String instance) throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        server.admit(instance, ends.first().release()).run();
        return new NinepClient(ends.second());
    }

    NinepClient mount(String instance) throws Exception {
        return connect(instance).mounted();
    }

    @Override
    public void guestGone(String instance, int connectionsLeft) {
        events.add("gone " + instance + " " + connectionsLeft);
    }

    @Override
    public void used(String lease) {
        events.add("used " + lease);
    }

    void expectEvent(String event) throws InterruptedException {
        String next = events.poll(20, TimeUnit.SECONDS);
        assertNotNull(next, "no event where '" + event + "' was due; log: " + log);
        assertEquals(event, next);
    }

    static long openDescriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    /** How many descriptors of this process stand for {@code file}. */
    static long descriptorsOf(Path file) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(link -> {
                        try {
                            return Files.readSymbolicLink(link).toString().startsWith(file.toString());
                        } catch (IOException e) {
                            // Another thread's descriptor, closed since it was listed.
                            return false;
                        }
                    })
                    .count();
        }
    }

    /** Waits for a condition that other threads bring about. */
    static void await(String what, java.util.concurrent.Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 20 s: " + what);
            }
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        server.close();
        assertEquals(
                List.of(),
                log.stream().filter(line -> line.contains("internal error")).toList());
    }
}
