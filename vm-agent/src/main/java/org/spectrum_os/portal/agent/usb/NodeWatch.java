// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;

/**
 * Tells those who wait that something has changed in the folders of nodes: a node came, went, or got other permissions. It watches while
 * somebody waits. Thread-safe.
 */
final class NodeWatch {
    private final Path nodes;
    private int users;
    private long changes;
    private @Nullable WatchService service;

    /** @param nodes the folder of the buses' folders */
    NodeWatch(Path nodes) {
        this.nodes = nodes;
    }

    /** From now on every change counts; to be followed by {@link #leave}. */
    synchronized void enter() throws IOException {
        if (service == null) {
            WatchService fresh = nodes.getFileSystem().newWatchService();
            try {
                register(fresh);
            } catch (IOException | RuntimeException e) {
                fresh.close();
                throw e;
            }
            service = fresh;
            Thread.ofPlatform().daemon().name("usb-nodes").start(() -> watch(fresh));
        }
        users++;
    }

    synchronized void leave() throws IOException {
        users--;
        WatchService last = service;
        if (users == 0 && last != null) {
            service = null;
            last.close();
        }
    }

    /** How many changes there were; a look that comes after this call sees what they did. */
    synchronized long changes() {
        return changes;
    }

    /**
     * Waits for another change than those seen.
     *
     * @param deadline of {@link System#nanoTime}
     */
    synchronized void await(long seen, long deadline) throws InterruptedException {
        long left = deadline - System.nanoTime();
        while (changes == seen && left > 0) {
            wait(left / 1_000_000 + 1);
            left = deadline - System.nanoTime();
        }
    }

    /** Has those who wait look again. */
    synchronized void changed() {
        changes++;
        notifyAll();
    }

    private void register(WatchService into) throws IOException {
        watchFolder(nodes, into);
        try (var buses = Files.newDirectoryStream(nodes)) {
            for (Path bus : buses) {
                try {
                    watchFolder(bus, into);
                } catch (NoSuchFileException | NotDirectoryException e) {
                    // A bus that went away this moment.
                }
            }
        }
    }

    /** Another registration of the same folder is the same key. A change of permissions counts as a modification. */
    private static void watchFolder(Path folder, WatchService into) throws IOException {
        WatchKey _ = folder.register(
                into,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_DELETE,
                StandardWatchEventKinds.ENTRY_MODIFY);
    }

    private void watch(WatchService from) {
        try {
            while (true) {
                WatchKey key = from.take();
                key.pollEvents();
                boolean _ = key.reset();
                // A bus may be new, and have nodes already.
                register(from);
                changed();
            }
        } catch (ClosedWatchServiceException e) {
            // Nobody waits any more.
        } catch (IOException e) {
            AgentLog.warn("the folder of USB devices " + nodes + " cannot be watched: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
