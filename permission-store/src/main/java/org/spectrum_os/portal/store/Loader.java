// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** Reads the files of a store. Whatever can be read is used; what cannot is set aside, never deleted, and said in the log. */
final class Loader {
    /** More problems of one file than these are only counted. */
    private static final int MOST_TOLD = 5;

    private static final int BUFFER = 1 << 18;

    private static final System.Logger LOG = System.getLogger(Loader.class.getName());

    private final StoreFolder folder;
    private final Instant now;
    private final LineReading codec = new LineReading();
    private final Tables tables = new Tables();
    private final List<Line.Foreign> foreign = new ArrayList<>();
    private Unknown header = Unknown.NONE;
    private Instant latest = Instant.EPOCH;
    private boolean damaged;

    /**
     * What was found.
     *
     * @param foreign  lines that only a newer version understands
     * @param header   members of the store's header that only a newer version understands
     * @param latest   the latest time that any line bears
     * @param last     the number of the last journal; 0 if there is none
     * @param length   how much of it is whole lines, in bytes; 0 if it must not be continued
     * @param size     of the store's file, in bytes
     * @param damaged  whether something was set aside, so that the files must be written anew
     */
    record Found(
            Tables tables,
            List<Line.Foreign> foreign,
            Unknown header,
            Instant latest,
            long last,
            long length,
            long size,
            boolean damaged) {}

    private Loader(StoreFolder folder, Instant now) {
        this.folder = folder;
        this.now = now;
    }

    static Found load(StoreFolder folder, Instant now) throws IOException {
        return new Loader(folder, now).load();
    }

    private Found load() throws IOException {
        long first = 1;
        long size = 0;
        if (Files.exists(folder.store(), LinkOption.NOFOLLOW_LINKS)) {
            var file = new OneFile(folder.store(), LineWriting.STORE, true);
            file.read();
            size = file.good;
            first = file.header == null ? 1 : file.header.number();
            header = file.header == null ? Unknown.NONE : file.header.unknown();
        }
        NavigableMap<Long, Path> journals = folder.journals();
        for (Path covered : journals.headMap(first).values()) {
            // The store's file holds all of it: only the end of a compaction is missing.
            Files.delete(covered);
        }
        long last = first - 1;
        long length = 0;
        for (Map.Entry<Long, Path> journal : journals.tailMap(first).entrySet()) {
            if (last >= first && journal.getKey() != last + 1) {
                LOG.log(WARNING, "{0}: the journal before it is missing", journal.getValue());
            }
            last = journal.getKey();
            var file = new OneFile(journal.getValue(), LineWriting.JOURNAL, last != journals.lastKey());
            file.read();
            length = file.problems.isEmpty() && file.header != null ? file.good : 0;
        }
        return new Found(tables, List.copyOf(foreign), header, latest, last, length, size, damaged);
    }

    /** One file being read. */
    private final class OneFile {
        private final Path path;
        private final String format;
        private final boolean wholeExpected;
        private final List<String> problems = new ArrayList<>();
        private int problemCount;
        private Line.@Nullable Header header;
        /** The length of all whole lines. */
        private long good;

        /**
         * @param wholeExpected whether the last line must be whole: only the journal in use when the machine stopped may end within one
         */
        OneFile(Path path, String format, boolean wholeExpected) {
            this.path = path;
            this.format = format;
            this.wholeExpected = wholeExpected;
        }

        void read() throws IOException {
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                problem("it is no regular file");
            } else if (Files.size(path) > Store.LONGEST_FILE) {
                problem("it has more than " + Store.LONGEST_FILE + " bytes");
            } else {
                try (InputStream in = Files.newInputStream(path)) {
                    lines(in);
                }
            }
            if (!problems.isEmpty()) {
                damaged = true;
                if (problemCount > problems.size()) {
                    problems.add("and " + (problemCount - problems.size()) + " more");
                }
                folder.setAside(path, now, problems);
            }
        }

        private void lines(InputStream in) throws IOException {
            byte[] buffer = new byte[BUFFER];
            int filled = 0;
            int number = 0;
            while (true) {
                int read = in.read(buffer, filled, buffer.length - filled);
                if (read < 0) {
                    break;
                }
                int start = 0;
                for (int at = filled; at < filled + read; at++) {
                    if (buffer[at] == '\n') {
                        number++;
                        if (!take(buffer, start, at - start, number)) {
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
            if (wholeExpected && (filled > 0 || number == 0)) {
                problem(number == 0 ? "it is empty" : "its last line is not whole");
            }
        }

        /** Takes one line; false when there is no sense in going on. */
        private boolean take(byte[] bytes, int start, int length, int number) {
            try {
                LineReading.Stamped read = codec.read(bytes, start, length);
                if (number == 1) {
                    return takeHeader(read.line());
                }
                Instant at = read.at();
                if (at != null && at.isAfter(latest)) {
                    latest = at;
                }
                apply(read.line(), tables, foreign);
            } catch (LineReading.DamagedException e) {
                problem("line " + number + ": " + e.getMessage());
                return number > 1;
            }
            return true;
        }

        private boolean takeHeader(Line line) {
            if (line instanceof Line.Header found && found.format().equals(format)) {
                header = found;
                if (found.latest().isAfter(latest)) {
                    latest = found.latest();
                }
                return true;
            }
            problem("its first line is no header of a " + format);
            return false;
        }

        private void problem(String what) {
            problemCount++;
            if (problems.size() < MOST_TOLD) {
                problems.add(what);
            }
        }
    }

    /** Makes tables as a line says; what only a newer version understands goes to {@code foreign}. */
    static void apply(Line line, Tables tables, List<Line.Foreign> foreign) throws LineReading.DamagedException {
        switch (line) {
            case Line.Set(String table, String id, Entry entry) -> tables.put(table, id, entry);
            case Line.Data(String table, String id, var data) ->
                tables.put(table, id, existing(tables, table, id).with(data));
            case Line.Allow(String table, String id, String app, Permission permission) -> {
                Entry before = existing(tables, table, id);
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
    private static Entry existing(Tables tables, String table, String id) {
        Entry entry = tables.get(table, id);
        return entry == null ? new Entry(Evaluation.NO_DATA, Permissions.NONE, Unknown.NONE) : entry;
    }
}
