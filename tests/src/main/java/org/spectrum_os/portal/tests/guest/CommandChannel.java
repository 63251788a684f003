// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The host's half of the command channel; {@code tests/guest/command-server} is the other and describes the protocol. Commands may be
 * run from several threads at once.
 */
final class CommandChannel implements AutoCloseable {
    private static final int HEADER_BYTES = 128;
    private static final int OUTPUT_LIMIT = 16 * 1024 * 1024;
    /** What the guest may take beyond the command's own time to start it and to send its output. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final SocketChannel socket;
    private final ByteBuffer input = ByteBuffer.allocate(65536).flip();
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, CompletableFuture<CommandResult>> waiting = new ConcurrentHashMap<>();
    private final CompletableFuture<Double> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    CommandChannel(SocketChannel socket) {
        this.socket = socket;
        Thread.ofVirtual().name("guest-commands").start(this::readAnswers);
    }

    /** Completes with the guest's uptime in seconds when it is ready, exceptionally when the channel ends first. */
    CompletableFuture<Double> ready() {
        return ready;
    }

    CommandResult run(String command, Duration timeout) throws IOException, InterruptedException {
        long number = numbers.incrementAndGet();
        CompletableFuture<CommandResult> answer = new CompletableFuture<>();
        waiting.put(number, answer);
        try {
            // Asked after the answer is registered, so that an end of the channel in between is not missed.
            if (ended.isDone()) {
                throw new GuestException("The guest is gone; it cannot run: " + command);
            }
            String script = Base64.getEncoder().encodeToString(command.getBytes(StandardCharsets.UTF_8));
            send("%d %.3f %s\n".formatted(number, timeout.toMillis() / 1000.0, script));
            return answer.get(timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new GuestException("The guest did not answer within " + timeout.plus(GRACE) + " to: " + command, e);
        } catch (ExecutionException e) {
            throw new GuestException("The guest ended while it ran: " + command, e);
        } finally {
            waiting.remove(number);
        }
    }

    private void send(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
        writing.lock();
        try {
            while (bytes.hasRemaining()) {
                socket.write(bytes);
            }
        } finally {
            writing.unlock();
        }
    }

    private void readAnswers() {
        IOException why = new EOFException("The guest closed its command channel.");
        try {
            while (true) {
                String[] words = readLine().split(" ", -1);
                if (words.length == 2 && words[0].equals("READY")) {
                    ready.complete(Double.parseDouble(words[1]));
                } else if (words.length == 4) {
                    readAnswer(words);
                } else {
                    throw new IOException(
                            "The guest's command channel said something unknown: " + String.join(" ", words));
                }
            }
        } catch (IOException e) {
            why = e;
        } catch (NumberFormatException e) {
            why = new IOException("The guest's command channel sent a broken number.", e);
        } finally {
            ended.complete(null);
            ready.completeExceptionally(why);
            for (CompletableFuture<CommandResult> answer : waiting.values()) {
                answer.completeExceptionally(why);
            }
        }
    }

    private void readAnswer(String[] words) throws IOException {
        int status = Integer.parseInt(words[1]);
        String output = readText(Integer.parseInt(words[2]));
        String errors = readText(Integer.parseInt(words[3]));
        // An answer nobody waits for any more belongs to a command whose caller gave up.
        CompletableFuture<CommandResult> answer = waiting.get(Long.parseLong(words[0]));
        if (answer != null) {
            answer.complete(new CommandResult(status, output, errors));
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            fill();
            char next = (char) (input.get() & 0xff);
            if (next == '\n') {
                return line.toString();
            }
            if (line.length() == HEADER_BYTES) {
                throw new IOException(
                        "The guest's command channel sent a line longer than " + HEADER_BYTES + " bytes.");
            }
            line.append(next);
        }
    }

    private String readText(int length) throws IOException {
        if (length < 0 || length > OUTPUT_LIMIT) {
            throw new IOException(
                    "The guest announced " + length + " bytes of output; the limit is " + OUTPUT_LIMIT + ".");
        }
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            fill();
            int count = Math.min(length - done, input.remaining());
            input.get(bytes, done, count);
            done += count;
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void fill() throws IOException {
        if (input.hasRemaining()) {
            return;
        }
        input.clear();
        int count = socket.read(input);
        input.flip();
        if (count < 0) {
            throw new EOFException("The guest closed its command channel.");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
