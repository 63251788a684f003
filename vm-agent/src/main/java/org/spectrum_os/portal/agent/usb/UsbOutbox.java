// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.UsbMessage;

/** What is to be said to the host, in order. Thread-safe; one platform thread writes. */
final class UsbOutbox {
    /** For the host to take a message, and for a place among those that wait. */
    static final Duration SEND = Duration.ofSeconds(10);

    private static final int MOST_QUEUED = 256;

    /** The empty one ends it. */
    private final BlockingQueue<Optional<UsbMessage.FromGuest>> outgoing = new ArrayBlockingQueue<>(MOST_QUEUED);

    /** Has a message sent. Waits while too much is to be sent; false if there was no place in time. */
    boolean add(UsbMessage.FromGuest message) {
        return put(Optional.of(message));
    }

    /** Nothing more comes. */
    boolean end() {
        return put(Optional.empty());
    }

    private boolean put(Optional<UsbMessage.FromGuest> next) {
        try {
            return outgoing.offer(next, SEND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Writes until the end, then tells the host that nothing more comes; until then an interrupt ends it too. */
    void write(MessageChannel channel) {
        try {
            for (var next = outgoing.take(); next.isPresent(); next = outgoing.take()) {
                channel.send(next.get(), SEND);
            }
            channel.connection().finishWriting();
        } catch (IOException e) {
            // Whatever ended it, the reading thread says so.
            channel.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
