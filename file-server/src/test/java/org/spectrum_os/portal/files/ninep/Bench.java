// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.Entry;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileContent;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.FileState;
import org.spectrum_os.portal.transport.FolderNode;
import org.spectrum_os.portal.transport.OpenFlags;
import org.spectrum_os.portal.transport.SocketKind;

/** A file server in this process with clients on socket pairs, and the part of the backend that stages files. Closing it asserts that nothing went wrong inside. */
final class Bench implements AutoCloseable, FileServer.Events, Staging {
    static final GuestUser USER = new GuestUser(1000, 100);

    final List<String> log = new CopyOnWriteArrayList<>();
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final FileServer server;
    /** The host's folder of each lease that may be changed. */
    private final Map<String, Path> folders = new ConcurrentHashMap<>();
    /** What must never happen, whatever a guest sends. */
    private final List<String> failures = new CopyOnWriteArrayList<>();

    Bench() {
        try {
            server = new FileServer(this, this, this::logged);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> failures.add(thread.getName() + ": " + e));
    }

    private void logged(String line) {
        log.add(line);
        if (line.contains("internal error")) {
            failures.add(line);
        }
    }

    void lend(String instance, String lease, Path file) throws Exception {
        lend(instance, lease, Access.READ, file);
    }

    /** Lends files and directories, each under its own name. */
    void lend(String instance, String lease, Access access, Path... paths) throws Exception {
        var entries = new ArrayList<Entry>();
        var descriptors = new ArrayList<Descriptor>();
        for (Path path : paths) {
            Path real = path.toRealPath();
            boolean directory = Files.isDirectory(real);
            entries.add(
                    new Entry(String.valueOf(path.getFileName()), directory ? Entry.Kind.DIRECTORY : Entry.Kind.FILE));
            descriptors.add(
                    directory
                            ? FileNode.openFolder(real)
                            : access == Access.READ ? FileNode.openForReading(real) : FileNode.openForWriting(real));
            folders.put(lease, java.util.Objects.requireNonNull(real.getParent()));
        }
        server.lend(instance, lease, access, entries, descriptors);
    }

    private Path folder(String lease) throws IOException {
        Path folder = folders.get(lease);
        if (folder == null) {
            throw new IOException("no lease " + lease);
        }
        return folder;
    }

    /** An install that has taken place is reported as failed: its folder could not be synced, or the answer came too late. */
    volatile boolean installsFailLate;

    /** Staging does not answer before this is opened. */
    volatile CountDownLatch gate = new CountDownLatch(0);

    /** How many wait there. */
    final AtomicInteger waiting = new AtomicInteger();

    @Override
    public Descriptor stage(String lease) throws IOException {
        waiting.incrementAndGet();
        try {
            assertTrue(gate.await(30, TimeUnit.SECONDS), "the gate was never opened");
        } catch (InterruptedException e) {
            throw new IOException(e);
        } finally {
            waiting.decrementAndGet();
        }
        return FileNode.unnamedFile(folder(lease));
    }

    /** As the backend does it: under a hidden name first, then over the file. */
    @Override
    public void install(String lease, String name, Descriptor staged) throws IOException {
        try (Descriptor folder = FileNode.openFolder(folder(lease));
                Descriptor old = FileNode.openBeneath(folder, name, OpenFlags.REFERENCE | OpenFlags.NO_FOLLOW)) {
            FileState.changeMode(staged, FileNode.status(old).permissions());
            FileContent.sync(staged);
            String hidden = ".spectrum-" + System.nanoTime();
            FolderNode.link(staged, folder, hidden);
            FolderNode.rename(folder, hidden, folder, name);
        }
        if (installsFailLate) {
            throw new IOException("too late");
        }
        events.add("installed " + lease + " " + name);
    }

    NinepClient connect(String instance) throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        server.admit(instance, USER, ends.first().release()).run();
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

    /** What has gone wrong inside so far. */
    List<String> failures() {
        return failures;
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

    /** A guest is told this error. */
    static void assertErrno(int errno, Executable call) {
        assertEquals(errno, assertThrows(NinepWire.Failed.class, call).errno());
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
        assertEquals(List.of(), failures);
    }
}
