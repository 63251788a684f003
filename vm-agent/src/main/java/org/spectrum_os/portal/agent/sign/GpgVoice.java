// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Speaks as gpg does: status lines for programs (doc/DETAILS of GnuPG), messages for people, and how far it has come for both. */
final class GpgVoice implements LongConsumer {
    /** Error codes of libgpg-error, with the part of GnuPG that gpg would name as their source. */
    static final int NO_SECRET_KEY = 17;

    static final int CANCELLED = (5 << 24) | 99;
    static final int TIMEOUT = (5 << 24) | 62;
    static final int NO_AGENT = (2 << 24) | 77;
    static final int GENERAL = (2 << 24) | 1;
    static final int NOT_SUPPORTED = (2 << 24) | 60;
    static final int FILE_EXISTS = (2 << 24) | (1 << 15) | 35;
    static final int NO_SUCH_FILE = (2 << 24) | (1 << 15) | 81;

    private static final long PROGRESS_NANOS = 500_000_000;
    /** Content below this is signed before anybody wonders. */
    private static final long PROGRESS_BYTES = 4L * 1024 * 1024;

    private final @Nullable OutputStream status;
    private final OutputStream log;
    private final boolean terminal;
    private final long total;
    private long saidAt = System.nanoTime();
    private boolean lineOpen;

    /**
     * @param status   for status lines, or null
     * @param log      for messages
     * @param terminal whether a person watches {@code log}
     * @param total    bytes of content, or 0 if that is not known
     */
    GpgVoice(@Nullable OutputStream status, OutputStream log, boolean terminal, long total) {
        this.status = status;
        this.log = log;
        this.terminal = terminal;
        this.total = total;
    }

    void status(String line) throws IOException {
        if (status != null) {
            status.write(("[GNUPG:] " + line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    void say(String message) throws IOException {
        endLine();
        log.write(("gpg: " + message + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** There is no signature. Returns gpg's exit status for that. */
    int failed(int code, String why) throws IOException {
        endLine();
        status("FAILURE sign " + code);
        say("signing failed: " + why);
        return 2;
    }

    /** The host has so many bytes of the content. */
    @Override
    public void accept(long bytes) {
        long now = System.nanoTime();
        if (bytes < PROGRESS_BYTES || now - saidAt < PROGRESS_NANOS) {
            return;
        }
        saidAt = now;
        try {
            status("PROGRESS - ? " + bytes + " " + total + " B");
            if (terminal) {
                log.write(("\rgpg: the host has " + bytes / (1024 * 1024) + " MiB"
                                + (total > 0 ? " of " + total / (1024 * 1024) : ""))
                        .getBytes(StandardCharsets.UTF_8));
                lineOpen = true;
            }
        } catch (IOException _) {
            // Whoever started this does not listen any more; the result will tell.
        }
    }

    private void endLine() throws IOException {
        if (lineOpen) {
            lineOpen = false;
            log.write('\n');
        }
    }
}
