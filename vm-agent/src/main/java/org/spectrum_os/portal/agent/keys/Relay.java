// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.spectrum_os.portal.transport.Connection;

/** Carries bytes between a program that asks and one that answers, both ways, with one small buffer for each way. */
final class Relay {
    private static final int BUFFER_BYTES = 16 * 1024;

    private Relay() {}

    /**
     * Carries until the answerer has ended, or the asker is gone; then both are closed. An asker that only says that it will ask no more is
     * still answered, however long that takes (a person may be asked), which {@link org.spectrum_os.portal.transport.Relay} would cut off. Blocks
     * the calling thread, and one more.
     */
    static void run(Connection asker, Connection answerer) {
        try (asker;
                answerer) {
            Thread asking = Thread.ofPlatform().daemon().name("asking").start(() -> {
                carry(asker, answerer);
                // A half-closed asker waits for its answers; one that is gone must not leave a question before the
                // user.
                if (asker.isHungUp()) {
                    answerer.close();
                } else {
                    answerer.finishWriting();
                }
            });
            carry(answerer, asker);
            asker.close();
            answerer.close();
            asking.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void carry(Connection from, Connection to) {
        var buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try {
            while (from.read(buffer.clear(), Duration.ZERO) >= 0) {
                to.write(buffer.flip());
            }
        } catch (IOException _) {
            // One of the two is gone, which ends the relay as an orderly end does.
        }
    }
}
