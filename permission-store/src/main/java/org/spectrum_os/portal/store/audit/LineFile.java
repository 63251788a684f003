// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The lines of one file that may still grow. It stays readable when it is renamed or removed. Not thread-safe. */
final class LineFile implements Closeable {
    /**
     * A longer line is none that {@link AuditLog} wrote: the longest tells the files of one answer of the window, which is at most 256
     * KiB, and JSON writes a byte in at most six.
     */
    static final int LONGEST = 2 << 20;

    private static final int BUFFER = 16 << 10;

    private final Path path;
    private final Object key;
    private final FileChannel channel;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    /** What was read and not yet looked at; made when first needed, as many files may be open. */
    private @Nullable ByteBuffer buffer;

    private long number;
    private boolean tooLong;

    /** One line, without its end. */
    sealed interface Line {
        record Whole(ByteBuffer bytes) implements Line {}

        record TooLong() implements Line {}
    }

    private LineFile(Path path, Object key, FileChannel channel) {
        this.path = path;
        this.key = key;
        this.channel = channel;
    }

    static LineFile open(Path path, Object key) throws IOException {
        return new LineFile(path, key, FileChannel.open(path, StandardOpenOption.READ));
    }

    /** What it was called when it was opened. */
    Path path() {
        return path;
    }

    Object key() {
        return key;
    }

    /** The number of the line read last, from 1. */
    long number() {
        return number;
    }

    /** The next whole line; null if there is none yet. */
    @Nullable
    Line next() throws IOException {
        while (true) {
            ByteBuffer read = filled();
            if (read == null) {
                return null;
            }
            int from = read.position();
            int end = from;
            while (end < read.limit() && read.get(end) != '\n') {
                end++;
            }
            int kept = Math.min(end - from, LONGEST - begun.size());
            begun.write(read.array(), read.arrayOffset() + from, kept);
            tooLong |= kept < end - from;
            if (end < read.limit()) {
                read.position(end + 1);
                return ended();
            }
            read.position(end);
        }
    }

    /** What stands behind the last whole line, if anything; call it when nothing more can come. */
    @Nullable
    Line rest() {
        return begun.size() == 0 ? null : ended();
    }

    private Line ended() {
        number++;
        Line line = tooLong ? new Line.TooLong() : new Line.Whole(ByteBuffer.wrap(begun.toByteArray()));
        begun.reset();
        tooLong = false;
        return line;
    }

    private @Nullable ByteBuffer filled() throws IOException {
        ByteBuffer current = buffer;
        if (current == null) {
            current = ByteBuffer.allocate(BUFFER).limit(0);
            buffer = current;
        }
        if (current.hasRemaining()) {
            return current;
        }
        current.clear();
        boolean some = channel.read(current) > 0;
        current.flip();
        return some ? current : null;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
