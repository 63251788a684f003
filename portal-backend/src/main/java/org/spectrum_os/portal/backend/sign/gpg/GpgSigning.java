// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.gpg;

import static java.lang.System.Logger.Level.INFO;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.spectrum_os.portal.protocol.KeyMessage;

/**
 * One signature of content by the host's gpg. gpg signs when its input ends, and not before: so the content is written to it as it comes, the
 * user is asked while gpg waits for more, and only an agreement ends the input. Whoever does not {@link #finish} it gets no signature.
 *
 * <p>One thread writes, another reads {@link #output}; {@link #close} may come from any thread and ends gpg.
 */
public final class GpgSigning implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(GpgSigning.class.getName());
    private static final String STATUS = "[GNUPG:] ";
    private static final String CREATED = "SIG_CREATED ";
    /** Lines of gpg's own that are kept for the log. */
    private static final int SAID_MOST = 32;

    private final Process process;
    private final CompletableFuture<Optional<String>> created = new CompletableFuture<>();
    private final List<String> said = new ArrayList<>();
    private boolean cancelled;

    private GpgSigning(Process process) {
        this.process = process;
    }

    /**
     * @param command     gpg and its home
     * @param fingerprint of the part that signs; no other will
     */
    static GpgSigning start(List<String> command, String fingerprint, KeyMessage.SignOpenpgp.Form form, boolean armour)
            throws GpgException {
        // gpg takes the end of this program for the end of the content, and would sign. So it is to end with the thread
        // that starts it, which is there until the signature is made or refused.
        var words = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        words.addAll(command);
        // No options of the user's own: what is signed, and how, is as it was shown.
        words.addAll(List.of(
                "--no-options",
                "--batch",
                "--no-tty",
                "--status-fd",
                "2",
                "--local-user",
                fingerprint + "!",
                "--no-emit-version",
                "--compress-level",
                "0"));
        if (armour) {
            words.add("--armor");
        }
        words.addAll(
                switch (form) {
                    case DETACHED -> List.of("--detach-sign");
                    case DETACHED_TEXT -> List.of("--textmode", "--detach-sign");
                    case CLEAR -> List.of("--clear-sign");
                    case INLINE -> List.of("--sign");
                });
        var signing = new GpgSigning(GpgProcess.start(words, ProcessBuilder.Redirect.PIPE));
        Thread.ofPlatform().daemon().name("what gpg says").start(signing::listen);
        return signing;
    }

    private void listen() {
        Optional<String> status = Optional.empty();
        try (var lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(STATUS + CREATED)) {
                    status = Optional.of(line.substring((STATUS + CREATED).length()));
                } else {
                    keep(line);
                }
            }
            created.complete(status);
        } catch (IOException e) {
            created.completeExceptionally(e);
        }
    }

    private synchronized void keep(String line) {
        // The low sixteen bits of an error of libgpg-error: 99 is GPG_ERR_CANCELED, as when pinentry is closed.
        if (line.startsWith(STATUS + "FAILURE ") && line.matches(".* [0-9]{1,10}")) {
            long code = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
            cancelled |= (code & 0xffff) == 99;
        }
        if (said.size() < SAID_MOST && !line.startsWith(STATUS)) {
            said.add(line);
        }
    }

    /** Takes the content. Closing it is {@link #finish}'s alone. */
    public OutputStream content() {
        return process.getOutputStream();
    }

    /** What gpg makes of it: nothing before the end for a signature by itself, else the content as it goes. Read it to its end. */
    public InputStream output() {
        return process.getInputStream();
    }

    /** What became of it. */
    public sealed interface End {
        /** It is made; {@code status} is what stands behind gpg's SIG_CREATED. */
        record Created(String status) implements End {}

        /** The user closed pinentry. */
        record Cancelled() implements End {}

        /** gpg failed, and said so in the log. */
        record Failed() implements End {}
    }

    /** Ends the content: gpg signs. Its output must be read meanwhile. */
    public void finish() throws IOException {
        process.getOutputStream().close();
    }

    /** Waits for gpg's end after {@link #finish}. What it wrote may still have to be read: {@link #close} drops it. */
    public End await(Duration longest) throws InterruptedException {
        try {
            Optional<String> status = created.get(longest.toMillis(), TimeUnit.MILLISECONDS);
            int exit = process.waitFor();
            if (exit == 0 && status.isPresent()) {
                return new End.Created(status.get());
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(INFO, "gpg did not say what became of a signature: {0}", e.toString());
            close();
        }
        synchronized (this) {
            if (cancelled) {
                return new End.Cancelled();
            }
            LOG.log(INFO, "gpg made no signature: {0}", String.join("; ", said));
            return new End.Failed();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
