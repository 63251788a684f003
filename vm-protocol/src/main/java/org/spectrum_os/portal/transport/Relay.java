// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Carries bytes between one that asks and one that serves, both ways, until either ends. Each way has one buffer and one platform thread:
 * who does not read, holds up only who writes to it. Nothing is looked at.
 */
public final class Relay implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Relay.class.getName());
    private static final int BUFFER = 64 * 1024;
    /** For the other way to end by itself after one has. */
    public static final Duration GRACE = Duration.ofSeconds(2);

    private final Connection asking;
    private final Connection serving;
    private final CountDownLatch ways = new CountDownLatch(2);

    /** Both connections are this object's from now on. */
    public Relay(Connection asking, Connection serving) {
        this.asking = asking;
        this.serving = serving;
    }

    /** Carries until both ways have ended; on return both connections are closed. */
    public void run() throws InterruptedException {
        Thread.ofPlatform().daemon().name("relay").start(() -> {
            carry(asking, serving);
            ended();
            // The serving side will close when it has seen the end, and the other way with it.
            if (!over()) {
                serving.close();
            }
        });
        carry(serving, asking);
        // Nothing is served any more. The asking side is told, and what it still sends is read: a guest whose words are
        // lost
        // unread may never learn.
        serving.close();
        ended();
        boolean _ = ways.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        close();
    }

    private void ended() {
        ways.countDown();
    }

    private boolean over() {
        try {
            return ways.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** When {@code from} has ended, {@code to} is told; when {@code to} takes nothing any more, what comes is dropped. */
    private static void carry(Connection from, Connection to) {
        boolean taken = true;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BUFFER, 8);
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                taken = taken && wrote(to, buffer.asSlice(0, count));
            }
        } catch (IOException e) {
            LOG.log(DEBUG, "a relayed connection ended: {0}", e.getMessage());
        }
        to.finishWriting();
    }

    private static boolean wrote(Connection to, MemorySegment bytes) {
        try {
            to.write(bytes.asByteBuffer());
            return true;
        } catch (IOException e) {
            LOG.log(DEBUG, "a relayed connection takes no more: {0}", e.getMessage());
            return false;
        }
    }

    /** Takes nothing from the serving side any more; what follows is as if it had closed the connection. */
    public void endServing() {
        serving.close();
    }

    /** Ends both ways at once, from any thread. */
    @Override
    public void close() {
        asking.close();
        serving.close();
    }
}
