// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.files.control.FileServerClient;

/** Starts file servers, one after the other, and knows the one that runs. Thread-safe. */
final class FileServerKeeper implements AutoCloseable {
    private final List<String> command;
    private final Path runtime;
    /** Held while a server is being started; taken before {@link #lock}. */
    private final ReentrantLock starting = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();
    /** Its one thread is there as long as the servers are. */
    private final ExecutorService spawner = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("file-server-spawner").factory());

    private @Nullable Running running;
    private boolean closing;

    /** A file server, and the guests that look into its tree. */
    record Running(FileServerProcess process, Mounts mounts) {}

    FileServerKeeper(List<String> command, Path runtime) {
        this.command = List.copyOf(command);
        this.runtime = runtime;
    }

    /** One start at a time, and none once {@link #close} has begun: a server started behind its back would outlive the backend. */
    void start(Function<Mounts, FileServerClient.Events> events) throws IOException {
        starting.lock();
        try {
            if (isClosing()) {
                return;
            }
            var mounts = new Mounts();
            FileServerProcess process = FileServerProcess.start(command, runtime, spawner, events.apply(mounts));
            lock.lock();
            try {
                running = new Running(process, mounts);
            } finally {
                lock.unlock();
            }
        } finally {
            starting.unlock();
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The server has stopped.
     *
     * @return false if that was the intention
     */
    boolean lost() {
        lock.lock();
        try {
            if (running != null) {
                running.mounts().clear();
                running = null;
            }
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    Optional<Running> now() {
        lock.lock();
        try {
            return Optional.ofNullable(running);
        } finally {
            lock.unlock();
        }
    }

    Running require() throws IOException {
        return now().orElseThrow(() -> new IOException("the file server is not running"));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
        } finally {
            lock.unlock();
        }
        // A start in progress ends first, within its own time limit.
        starting.lock();
        try {
            now().ifPresent(last -> last.process().close());
            spawner.shutdown();
        } finally {
            starting.unlock();
        }
    }
}
