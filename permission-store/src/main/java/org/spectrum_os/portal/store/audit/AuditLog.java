// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
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
import org.spectrum_os.portal.store.disk.DurableFolder;

/**
 * One folder's log: JSON lines in {@code audit.jsonl}, readable by the user alone. A line is on the disk when {@link #write} returns.
 * When the file has grown beyond a bound it becomes {@code audit.1.jsonl}, replacing the one before it, so the log never takes more
 * than twice the bound.
 *
 * <p>Thread-safe; one process at a time.
 */
public final class AuditLog implements AutoCloseable {
    /** The bound of one file in bytes: about forty thousand events. */
    public static final long DEFAULT_BOUND = 8L << 20;

    /** The file that is written. */
    static final String CURRENT = "audit.jsonl";
    /** The one before it. */
    static final String PREVIOUS = "audit.1.jsonl";

    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private final Path folder;
    private final Path file;
    private final long bound;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final EventBudget budget = new EventBudget();
    private FileChannel channel;
    /** Whether the file may end within a line, which must not swallow the next one. */
    private boolean torn;
    /** Whether the file that is open has been renamed, and another could not be opened then. */
    private boolean renamed;

    private AuditLog(Path folder, long bound, InstantSource clock) throws IOException {
        this.folder = folder;
        this.file = folder.resolve(CURRENT);
        this.bound = bound;
        this.clock = clock;
        this.channel = openFile();
        this.torn = !endsWithALine(file);
    }

    /**
     * Opens the log in {@code folder}, which is made if absent.
     *
     * @param bound bytes after which a new file is begun
     * @throws IOException if folder or file cannot be made, opened, or put on the disk; the message names the one
     */
    public static AuditLog open(Path folder, long bound, InstantSource clock) throws IOException {
        try {
            Path absolute = folder.toAbsolutePath();
            DurableFolder.make(absolute);
            if (absolute.getParent() != null) {
                // Also if it was there: whoever made it may have died before its name was on the disk.
                DurableFolder.force(absolute.getParent());
            }
            return new AuditLog(folder, bound, clock);
        } catch (IOException e) {
            throw new IOException("cannot open the audit log in " + folder + ": " + e, e);
        }
    }

    private FileChannel openFile() throws IOException {
        FileChannel opened = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            DurableFolder.force(folder);
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    /** A crash, or a full disk, may have left half a line. */
    private static boolean endsWithALine(Path file) throws IOException {
        try (FileChannel read = FileChannel.open(file, StandardOpenOption.READ)) {
            var last = ByteBuffer.allocate(1);
            return read.size() == 0 || (read.read(last, read.size() - 1) == 1 && last.get(0) == '\n');
        }
    }

    /**
     * Appends one event with the time of the call.
     *
     * @throws IOException if it is not known to be on the disk; the caller must not go on as if it were
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
     * Appends an event that its source can bring about as often as it likes, unless it has done so {@link EventBudget#MOST} times in
     * this minute: a flood must neither push older events out nor keep the disk busy. What was left out is told, as a number, by a line
     * that precedes the next event after that minute, or by {@link #close}.
     *
     * @return whether it was within the budget; what else is told of it elsewhere should be so too
     * @throws IOException if it should be on the disk and is not
     */
    public boolean writeWithinBudget(AuditEvent event) throws IOException {
        lock.lock();
        try {
            Instant now = clock.instant();
            for (AuditEvent left : budget.over(now)) {
                append(left, now);
            }
            boolean within = budget.spend(event.source(), now);
            if (within) {
                append(event, now);
            }
            return within;
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
                rotate();
            }
            if (torn) {
                bytes = ("\n" + line + "\n").getBytes(StandardCharsets.UTF_8);
            }
            torn = true;
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            torn = false;
            channel.force(false);
        } catch (ClosedChannelException e) {
            throw new IOException("cannot write the audit log " + file + ": it is closed", e);
        } catch (IOException e) {
            throw new IOException("cannot write the audit log " + file + ": " + e.getMessage(), e);
        }
    }

    /** If this fails the old file stays open, so that it is tried again with the next event. */
    private void rotate() throws IOException {
        if (!renamed && Files.exists(file)) {
            Files.move(
                    file,
                    folder.resolve(PREVIOUS),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        renamed = true;
        FileChannel next = openFile();
        renamed = false;
        channel.close();
        channel = next;
        torn = false;
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
