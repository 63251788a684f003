// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one of a store's files, line by line, into tables. What cannot be read is told, and the rest is used. Not thread-safe. */
final class StoreFile {
    private static final int BUFFER = 1 << 18;

    private final Path path;
    private final String format;
    private final LineReading reading;
    private final Tables tables;
    private final List<Line.Foreign> foreign;
    private final Problems problems;
    private Line.@Nullable Header header;
    private Instant latest = Instant.EPOCH;
    private int number;
    private long good;
    private long rest;
    private boolean stopped;

    /** Hears what is wrong with the file. */
    interface Problems {
        /**
         * Something cannot be read.
         *
         * @param line its number; 0 for the file as a whole
         */
        void tell(int line, String what);
    }

    /**
     * @param format  what the header must say
     * @param tables  are made as the lines say
     * @param foreign gets what only a newer version understands
     */
    StoreFile(
            Path path,
            String format,
            LineReading reading,
            Tables tables,
            List<Line.Foreign> foreign,
            Problems problems) {
        this.path = path;
        this.format = format;
        this.reading = reading;
        this.tables = tables;
        this.foreign = foreign;
        this.problems = problems;
    }

    /**
     * Reads all that can be read.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such file
     */
    void read() throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            // Reading a pipe would wait for ever.
            problems.tell(0, "it is no regular file");
        } else if (Files.size(path) > Store.LONGEST_FILE) {
            problems.tell(0, "it has more than " + Store.LONGEST_FILE + " bytes");
        } else {
            try (InputStream in = Files.newInputStream(path)) {
                lines(in);
            }
        }
    }

    /** The header; null if there is none, and then nothing of the file was used. */
    Line.@Nullable Header header() {
        return header;
    }

    /** The latest time that any line bears. */
    Instant latest() {
        return latest;
    }

    /** The length of all whole lines, in bytes. */
    long good() {
        return good;
    }

    /** Whether it was read to its end, and that is no line's. */
    boolean endsWithinALine() {
        return !stopped && rest > 0;
    }

    /** Whether it was read to its end, and there was no whole line. */
    boolean hasNoLine() {
        return !stopped && number == 0;
    }

    private void lines(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int filled = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer, filled, buffer.length - filled)) {
            int start = 0;
            for (int at = filled; at < filled + read; at++) {
                if (buffer[at] == '\n') {
                    number++;
                    if (!take(Arrays.copyOfRange(buffer, start, at))) {
                        stopped = true;
                        return;
                    }
                    good += at + 1 - start;
                    start = at + 1;
                }
            }
            filled += read - start;
            System.arraycopy(buffer, start, buffer, 0, filled);
            if (filled == buffer.length) {
                // A line of any length: the file's own length is its bound.
                buffer = Arrays.copyOf(buffer, Math.multiplyExact(filled, 2));
            }
        }
        rest = filled;
    }

    /** Takes one line; false when there is no sense in going on. */
    private boolean take(byte[] line) {
        try {
            LineReading.Stamped read = reading.read(line);
            if (number == 1) {
                return takeHeader(read.line());
            }
            later(read.at());
            apply(read.line());
        } catch (LineReading.DamagedException e) {
            problems.tell(number, String.valueOf(e.getMessage()));
            return number > 1;
        }
        return true;
    }

    private boolean takeHeader(Line line) {
        if (line instanceof Line.Header found && found.format().equals(format)) {
            header = found;
            later(found.latest());
            return true;
        }
        problems.tell(0, "its first line is no header of a " + format);
        return false;
    }

    private void later(@Nullable Instant at) {
        if (at != null && at.isAfter(latest)) {
            latest = at;
        }
    }

    /** Makes the tables as a line says. */
    private void apply(Line line) throws LineReading.DamagedException {
        switch (line) {
            case Line.Set(String table, String id, Entry entry) -> tables.put(table, id, entry);
            case Line.Data(String table, String id, var data) ->
                tables.put(table, id, existing(table, id).with(data));
            case Line.Allow(String table, String id, String app, Permission permission) -> {
                Entry before = existing(table, id);
                tables.put(table, id, before.with(before.permissions().with(app, permission)));
            }
            case Line.Forbid(String table, String id, String app, var _) -> {
                Entry before = tables.get(table, id);
                if (before != null) {
                    tables.put(table, id, before.with(before.permissions().without(app)));
                }
            }
            case Line.Delete(String table, String id, var _) -> tables.put(table, id, null);
            case Line.Foreign unknown -> foreign.add(unknown);
            case Line.Header _ -> throw new LineReading.DamagedException("a header where a change should be");
        }
    }

    /** The entry to which a line belongs. It is missing only when the line that made it was damaged: what is known of it is kept. */
    private Entry existing(String table, String id) {
        Entry entry = tables.get(table, id);
        return entry == null ? new Entry(Evaluation.NO_DATA, Permissions.NONE, Unknown.NONE) : entry;
    }
}
