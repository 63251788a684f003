// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.gpg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;

/** Short runs of GnuPG's programs: no input, bounded output, bounded time. */
final class GpgProcess {
    /** For listings and exports, which ask nobody. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private static final int SAID_BYTES = 512;

    private GpgProcess() {}

    /** Runs it for what it does. */
    static void run(List<String> command) throws GpgException {
        var _ = output(command, 64 * 1024);
    }

    /** What it prints. */
    static String output(List<String> command, int mostBytes) throws GpgException {
        var bytes = new ByteArrayOutputStream();
        try {
            copyOutput(command, new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] from, int offset, int length) throws IOException {
                    if (bytes.size() + length > mostBytes) {
                        throw new IOException("it prints more than " + mostBytes + " bytes");
                    }
                    bytes.write(from, offset, length);
                }
            });
        } catch (GpgException e) {
            throw e;
        } catch (IOException e) {
            throw new GpgException("\"" + String.join(" ", command) + "\": " + e.getMessage(), e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Copies what it prints. */
    static void copyOutput(List<String> command, OutputStream to) throws IOException {
        Process process = start(command, ProcessBuilder.Redirect.INHERIT);
        try {
            process.getOutputStream().close();
            var killer = Thread.ofPlatform().daemon().name("time limit of gpg").unstarted(() -> endIn(process));
            killer.start();
            try (InputStream printed = process.getInputStream()) {
                printed.transferTo(to);
            }
            int status = process.waitFor();
            killer.interrupt();
            if (status != 0) {
                throw ended(command, status);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GpgException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Has it read {@code input}, which may be anybody's: of what it says about that, the beginning is in the exception and no more. */
    static void feed(List<String> command, byte[] input) throws GpgException {
        Process process = start(command, ProcessBuilder.Redirect.PIPE);
        var killer = Thread.ofPlatform().daemon().name("time limit of gpg").unstarted(() -> endIn(process));
        killer.start();
        var said = new CompletableFuture<String>();
        Thread.ofPlatform().daemon().name("what gpg says").start(() -> said.complete(beginning(process)));
        try {
            try (OutputStream to = process.getOutputStream()) {
                to.write(input);
            }
            int status = process.waitFor();
            if (status != 0) {
                throw new GpgException("\"" + String.join(" ", command) + "\" ended with status " + status + ": "
                        + said.completeOnTimeout("", 1, TimeUnit.SECONDS).join());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GpgException("interrupted", e);
        } catch (GpgException e) {
            throw e;
        } catch (IOException e) {
            throw new GpgException("\"" + String.join(" ", command) + "\" does not read: " + e.getMessage(), e);
        } finally {
            killer.interrupt();
            process.destroyForcibly();
        }
    }

    /** Reads its standard error to the end. */
    private static String beginning(Process process) {
        try (InputStream errors = process.getErrorStream()) {
            byte[] first = errors.readNBytes(SAID_BYTES);
            errors.transferTo(OutputStream.nullOutputStream());
            return DisplayText.of(Untrusted.of(new String(first, StandardCharsets.UTF_8).strip()), SAID_BYTES)
                    .toString();
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    private static GpgException ended(List<String> command, int status) {
        return new GpgException("\"" + String.join(" ", command) + "\" ended with status " + status
                + "; what it said is in this program's own log");
    }

    private static void endIn(Process process) {
        try {
            if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            // It has ended in time.
            Thread.currentThread().interrupt();
        }
    }

    static Process start(List<String> command, ProcessBuilder.Redirect errors) throws GpgException {
        try {
            return new ProcessBuilder(command).redirectError(errors).start();
        } catch (IOException e) {
            throw new GpgException(
                    "\"" + command.getFirst() + "\" cannot be started (" + e.getMessage()
                            + "): install GnuPG and util-linux (Debian: apt install gnupg util-linux)",
                    e);
        }
    }
}
