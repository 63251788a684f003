// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.keys.assuan.LineReader;
import org.spectrum_os.portal.keys.assuan.LineWriter;
import org.spectrum_os.portal.keys.assuan.MalformedAssuanException;
import org.spectrum_os.portal.transport.Connection;

/**
 * The gpg-agent that one connection of a guest talks to, from the greeting to the end. gpg holds a connection for as long as it runs, so
 * there is no time after which an idle one ends; whoever accepts them bounds how many there are.
 */
public final class AgentConversation {
    /** How long a guest may take to read an answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** How long a guest has to close after our last words. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private static final int MOST_DROPPED_BYTES = 64 * 1024;

    private final Connection guest;
    private final Consumer<String> log;
    private final LineWriter out;
    private final GuestLines lines;
    private final AgentAnswers answers;

    /**
     * A conversation that has not begun.
     *
     * @param guest closed at the end
     * @param keys  called from the thread of {@link #run}
     * @param gone  called, at most once and from another thread, when the guest leaves while {@code keys} is at something for it: what is
     *     asked or done then is of no use any more, and {@code keys} should come back soon
     * @param log   told what was refused and what failed; safe to be shown
     */
    public AgentConversation(Connection guest, GuestKeys keys, Runnable gone, Consumer<String> log) {
        this.guest = guest;
        this.log = log;
        this.out = new LineWriter(guest, PATIENCE);
        this.lines = new GuestLines(gone);
        this.answers = new AgentAnswers(keys, out, lines, log);
    }

    /** Runs it; returns when it is over and the connection closed. Needs a platform thread, and starts another. */
    public void run() {
        Thread reading = Thread.ofPlatform().daemon().name("gpg-guest").start(this::read);
        try {
            converse();
        } catch (IOException e) {
            // That a guest leaves without hearing us out is no news.
            if (!lines.isOver()) {
                log.accept("gpg's connection broke: " + e.getMessage());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            lines.end(null);
            close(reading);
        }
    }

    private void converse() throws IOException, InterruptedException {
        try {
            out.line("OK Pleased to meet you");
            out.flush();
            for (String line = lines.next(); line != null; line = lines.next()) {
                boolean goesOn = answers.answer(AgentCommandParser.parse(line));
                out.flush();
                if (!goesOn) {
                    return;
                }
            }
        } catch (RefusedException e) {
            log.accept("gpg's connection ended: " + e.getMessage());
            out.error(AgentError.REFUSED.code(), AgentError.REFUSED.text());
            out.flush();
        }
    }

    private void read() {
        @Nullable String fault = null;
        try {
            var reader = new LineReader(guest);
            for (String line = reader.next(Duration.ZERO); line != null; line = reader.next(Duration.ZERO)) {
                if (!lines.add(line)) {
                    return;
                }
            }
        } catch (MalformedAssuanException e) {
            fault = e.getMessage();
        } catch (IOException _) {
            // Reset by the guest, or closed by us: the same as an end.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        lines.end(fault);
    }

    private void close(Thread reading) {
        guest.finishWriting();
        try {
            if (reading.join(LINGER)) {
                guest.closeAfterDraining(LINGER, MOST_DROPPED_BYTES);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            guest.close();
        }
    }
}
