// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/** Reads the files of a store. Whatever can be read is used; what cannot is set aside, never deleted, and said in the log. */
final class Loader {
    /** More problems of one file than these are only counted. */
    private static final int MOST_TOLD = 5;

    private static final System.Logger LOG = System.getLogger(Loader.class.getName());

    private final StoreFolder folder;
    private final Instant now;
    private final LineReading reading = new LineReading();
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

    /** What is wrong with a file: the first problems in words, the others as a number. */
    private static final class FirstProblems implements StoreFile.Problems {
        private final List<String> first = new ArrayList<>();
        private int more;

        @Override
        public void tell(int line, String what) {
            if (first.size() < MOST_TOLD) {
                first.add(line == 0 ? what : "line " + line + ": " + what);
            } else {
                more++;
            }
        }

        boolean isEmpty() {
            return first.isEmpty();
        }

        List<String> words() {
            var words = new ArrayList<>(first);
            if (more > 0) {
                words.add("and " + more + " more");
            }
            return words;
        }
    }

    /** A file that was read, and whether all of it could be. */
    private record Read(StoreFile file, boolean sound) {}

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
            StoreFile file = read(folder.store(), LineWriting.STORE, true).file();
            size = file.good();
            Line.Header found = file.header();
            first = found == null ? 1 : found.number();
            header = found == null ? Unknown.NONE : found.unknown();
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
            Read read = read(journal.getValue(), LineWriting.JOURNAL, last != journals.lastKey());
            length = read.sound() && read.file().header() != null ? read.file().good() : 0;
        }
        return new Found(tables, List.copyOf(foreign), header, latest, last, length, size, damaged);
    }

    /**
     * Reads one file, and sets it aside if not all of it can be read.
     *
     * @param wholeExpected whether the last line must be whole: only the journal in use when the machine stopped may end within one
     */
    private Read read(Path path, String format, boolean wholeExpected) throws IOException {
        var problems = new FirstProblems();
        var file = new StoreFile(path, format, reading, tables, foreign, problems);
        file.read();
        if (wholeExpected && file.hasNoLine() && problems.isEmpty()) {
            problems.tell(0, "it is empty");
        } else if (wholeExpected && file.endsWithinALine()) {
            problems.tell(0, "its last line is not whole");
        }
        if (file.latest().isAfter(latest)) {
            latest = file.latest();
        }
        boolean sound = problems.isEmpty();
        if (!sound) {
            damaged = true;
            folder.setAside(path, now, problems.words());
        }
        return new Read(file, sound);
    }
}
