// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs another program for what it says. It has 5 s, nothing to read, and what it says beyond 64 KiB is not heard. */
final class BriefCommand {
    static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 64 * 1024;

    private final Map<String, String> environment;

    /**
     * What came of it.
     *
     * @param status its exit status
     * @param said   on both its outputs
     */
    record Answer(int status, String said) {
        Stream<String> lines() {
            return said.lines();
        }

        /** For people, on one line. */
        String brief() {
            return said.strip().replace('\n', ' ');
        }
    }

    /** @param environment all that programs get of it */
    BriefCommand(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * Runs it to its end.
     *
     * @return empty if it took too long, and was ended
     * @throws IOException if there is no such program
     */
    Optional<Answer> run(List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        // What is told here is told in English.
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        var said = new ByteArrayOutputStream();
        // A daemon that it starts may keep its output open, so nobody waits for that to end.
        Thread reader = Thread.ofPlatform().daemon().start(() -> read(process, said));
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE)) {
                return Optional.empty();
            }
            reader.join(PATIENCE);
            synchronized (said) {
                return Optional.of(new Answer(process.exitValue(), said.toString(StandardCharsets.UTF_8)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            process.destroyForcibly();
        }
    }

    private static void read(Process process, ByteArrayOutputStream said) {
        byte[] some = new byte[4096];
        try (var from = process.getInputStream()) {
            for (int count = from.read(some); count >= 0; count = from.read(some)) {
                synchronized (said) {
                    said.write(some, 0, Math.min(count, MOST_BYTES - said.size()));
                }
            }
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
            // It was ended while this read.
        }
    }
}
