// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.life;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tells when something happens where sockets are, or are to be; also in folders that do not exist yet. One inotify for all, since a user
 * has few of them. Thread-safe.
 */
public final class SocketFolders implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SocketFolders.class.getName());
    /** How often somebody looks who cannot be told. */
    private static final long UNWATCHED_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** How often folders may come and go while one is being looked for. */
    private static final int ATTEMPTS = 10;

    private final WatchService watcher;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<WatchKey, Set<Place>> watched = new HashMap<>();

    /**
     * Starts a thread that ends with {@link #close}.
     *
     * @throws IOException if this user has no inotify left (fs.inotify.max_user_instances)
     */
    public SocketFolders() throws IOException {
        watcher = FileSystems.getDefault().newWatchService();
        Thread.ofPlatform().daemon().name("folders of monitors").start(this::listen);
    }

    /** Where one socket is, or is to be. */
    public final class Place implements AutoCloseable {
        private final Path socket;
        private @Nullable WatchKey key;
        /** What of the socket's path is to appear, or to change, in the watched folder. */
        private @Nullable Path next;

        private long changes;
        private boolean closed;

        private Place(Path socket) {
            this.socket = socket;
        }

        /** How often something has happened, for {@link #await}. */
        public long changes() {
            lock.lock();
            try {
                return changes;
            } finally {
                lock.unlock();
            }
        }

        /** Waits until something has happened since there were {@code seen} changes, this is closed, or the time is over. */
        public void await(long seen, long nanos) throws InterruptedException {
            lock.lock();
            try {
                long left = key == null ? Math.min(nanos, UNWATCHED_NANOS) : nanos;
                while (changes == seen && !closed && left > 0) {
                    left = changed.awaitNanos(left);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
                release();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void release() {
            WatchKey old = key;
            key = null;
            Set<Place> places = old == null ? null : watched.get(old);
            if (old != null && places != null && places.remove(this) && places.isEmpty()) {
                watched.remove(old);
                old.cancel();
            }
        }

        private void watch() {
            release();
            try {
                for (int i = 0; i < ATTEMPTS; i++) {
                    Path folder = nearest();
                    key = folder.register(
                            watcher,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY,
                            StandardWatchEventKinds.ENTRY_DELETE);
                    watched.computeIfAbsent(key, _ -> new HashSet<>()).add(this);
                    next = folder.relativize(socket).getName(0);
                    // One that came between the look and the watch would not be told.
                    if (folder.equals(nearest())) {
                        return;
                    }
                    release();
                }
            } catch (IOException e) {
                LOG.log(
                        WARNING,
                        "cannot watch for " + socket + ": " + e.getMessage() + "; it is looked for every 5 s instead");
            }
        }

        private Path nearest() {
            Path folder = socket.getParent();
            while (folder != null && !Files.isDirectory(folder)) {
                folder = folder.getParent();
            }
            return folder == null ? socket.getRoot() : folder;
        }

        private void happened() {
            changes++;
            watch();
        }
    }

    /** Watches from now on. {@code socket} is absolute. */
    public Place place(Path socket) {
        if (!socket.isAbsolute() || socket.getParent() == null) {
            throw new IllegalArgumentException(socket + " is no place for a socket");
        }
        var place = new Place(socket);
        lock.lock();
        try {
            place.watch();
        } finally {
            lock.unlock();
        }
        return place;
    }

    private void listen() {
        try {
            while (true) {
                WatchKey key = watcher.take();
                List<WatchEvent<?>> events = key.pollEvents();
                boolean whole = key.reset();
                lock.lock();
                try {
                    for (Place place : Set.copyOf(watched.getOrDefault(key, Set.of()))) {
                        if (!whole
                                || events.stream()
                                        .anyMatch(e -> e.context() == null
                                                || e.context().equals(place.next))) {
                            place.happened();
                        }
                    }
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        } catch (ClosedWatchServiceException _) {
            // As told.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            watcher.close();
        } catch (IOException e) {
            LOG.log(WARNING, "could not end the watch for monitors' sockets: " + e.getMessage());
        }
    }
}
