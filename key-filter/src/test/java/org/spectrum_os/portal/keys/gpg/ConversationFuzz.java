// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.keys.assuan.LineReader;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * What Jazzer calls with all that a guest says, but for the BYE behind it. The conversation ends, by its own thread; its answers are
 * lines; and no key but those permitted is used.
 */
public final class ConversationFuzz {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ExecutorService GUEST =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

    private ConversationFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection guest = ends.first()) {
            guest.write(ByteBuffer.wrap(input));
            guest.write(ByteBuffer.wrap("\nBYE\n".getBytes(StandardCharsets.US_ASCII)));
            Future<List<String>> heard = GUEST.submit(() -> hear(guest));
            var keys = new FakeKeys();
            var log = new ArrayList<String>();
            long begin = System.nanoTime();
            new AgentConversation(ends.second(), keys, () -> {}, log::add).run();
            require(System.nanoTime() - begin < PATIENCE.toNanos(), "it took too long");
            for (String line : heard.get(20, TimeUnit.SECONDS)) {
                require(line.matches("(?s)(OK|ERR|S|D|INQUIRE) ?.*"), line);
            }
            for (Object asked : keys.asked) {
                require(!asked.toString().contains(FakeKeys.FORBIDDEN.hex()), "a key that is not permitted");
            }
        }
    }

    private static List<String> hear(Connection guest) throws IOException {
        try (guest) {
            var in = new LineReader(guest);
            List<String> lines = new ArrayList<>();
            for (String line = in.next(PATIENCE); line != null; line = in.next(PATIENCE)) {
                lines.add(line);
            }
            return lines;
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
