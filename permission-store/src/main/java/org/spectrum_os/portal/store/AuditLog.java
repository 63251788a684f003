// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The audit log: JSON lines in {@code audit.jsonl}, readable by the user alone. A line is on the disk when {@link #write} returns.
 * When the file has grown beyond a bound it becomes {@code audit.1.jsonl}, replacing the one before it, so the log never takes more
 * than twice the bound.
 *
 * <p>Thread-safe; one process at a time.
 */
public final class AuditLog implements AutoCloseable {
    /** The bound of one file in bytes: about forty thousand events. */
    public static final long DEFAULT_BOUND = 8L << 20;

    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private final Path file;
    private final Path previous;
    private final long bound;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final EventBudget budget = new EventBudget();
    private FileChannel channel;

    private AuditLog(Path file, Path previous, long bound, InstantSource clock, FileChannel channel) {
        this.file = file;
        this.previous = previous;
        this.bound = bound;
        this.clock = clock;
        this.channel = channel;
    }

    /**
     * Opens the log in {@code folder}, which is made if absent.
     *
     * @param bound bytes after which a new file is begun
     */
    public static AuditLog open(Path folder, long bound, InstantSource clock) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path file = folder.resolve("audit.jsonl");
        return new AuditLog(file, folder.resolve("audit.1.jsonl"), bound, clock, openFile(file));
    }

    private static FileChannel openFile(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /**
     * Appends one event with the time of the call.
     *
     * @throws IOException if it is not on the disk; the caller must not go on as if it were
     */
    public void write(AuditEvent event) throws IOException {
        lock.lock();
        try {
            Instant now = clock.instant();
            for (AuditEvent left : budget.over(now)) {
                append(left, now);
            }
            append(event, now);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Appends an event that {@code source} can bring about as often as it likes, unless it has done so {@link EventBudget#MOST} times in
     * this minute: a flood must neither push older events out nor keep the disk busy. What was left out is told, as a number, by a line
     * that precedes the next event after that minute, or by {@link #close}.
     *
     * @param source an instance, or something else of which there are few
     * @throws IOException if it should be on the disk and is not
     */
    public void writeWithinBudget(String source, AuditEvent event) throws IOException {
        lock.lock();
        try {
            Instant now = clock.instant();
            for (AuditEvent left : budget.over(now)) {
                append(left, now);
            }
            if (budget.spend(source, now)) {
                append(event, now);
            }
        } finally {
            lock.unlock();
        }
    }

    private void append(AuditEvent event, Instant time) throws IOException {
        ObjectNode line = MAPPER.createObjectNode().put("time", time.toString());
        line.setAll((ObjectNode) MAPPER.valueToTree(event));
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            if (channel.size() > 0 && channel.size() + bytes.length > bound) {
                channel.close();
                Files.move(file, previous, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                channel = openFile(file);
            }
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(false);
        } catch (IOException e) {
            throw new IOException("cannot write the audit log " + file + ": " + e.getMessage(), e);
        }
    }

    public Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            Instant now = clock.instant();
            for (AuditEvent left : budget.all()) {
                append(left, now);
            }
        } finally {
            channel.close();
            lock.unlock();
        }
    }
}
