// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a store's files say, read without its lock and without changing anything, also while a program writes them: lines are absolute and
 * only ever added, so what is read is the store as of some moment during the reading.
 */
public final class StoreView {
    /** The files are replaced once in a megabyte of changes; to meet that so often, one after the other, is no accident. */
    private static final int MOST_TRIES = 50;

    private static final int MOST_PROBLEMS = 100;

    private final Tables tables = new Tables();
    private final List<Line.Foreign> foreign = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final LineReading reading = new LineReading();
    private Instant latest = Instant.EPOCH;

    private StoreView() {}

    /**
     * Reads a store.
     *
     * @throws NoSuchFileException if there is no such folder
     * @throws IOException         if a file cannot be read at all, or the files are replaced faster than they can be read
     */
    public static StoreView read(Path folder) throws IOException {
        for (int i = 0; i < MOST_TRIES; i++) {
            Object before = key(folder);
            NavigableMap<Long, Path> journals = StoreFolder.journals(folder);
            var view = new StoreView();
            boolean whole = view.readAll(folder, journals);
            // A compaction has neither ended (another store file) nor begun (another journal) meanwhile.
            if (whole
                    && Objects.equals(before, key(folder))
                    && journals.keySet().equals(StoreFolder.journals(folder).keySet())) {
                return view;
            }
        }
        throw new IOException("the files in " + folder + " were replaced " + MOST_TRIES
                + " times while they were being read; try again when less is being written");
    }

    private static @Nullable Object key(Path folder) throws IOException {
        try {
            return Files.readAttributes(StoreFolder.store(folder), BasicFileAttributes.class)
                    .fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** False when a file has gone meanwhile. */
    private boolean readAll(Path folder, NavigableMap<Long, Path> journals) throws IOException {
        try {
            long first = 1;
            if (key(folder) != null) {
                Line.Header header = readFile(StoreFolder.store(folder), LineWriting.STORE);
                first = header == null ? 1 : header.number();
            }
            for (Map.Entry<Long, Path> journal : journals.tailMap(first).entrySet()) {
                readFile(journal.getValue(), LineWriting.JOURNAL);
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private Line.@Nullable Header readFile(Path path, String format) throws IOException {
        var file = new StoreFile(path, format, reading, tables, foreign, (line, what) -> problem(path, line, what));
        // What follows the last newline is being written at the moment.
        file.read();
        if (file.latest().isAfter(latest)) {
            latest = file.latest();
        }
        return file.header();
    }

    private void problem(Path file, int line, String what) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(line == 0 ? file + ": " + what : file + ", line " + line + ": " + what);
        }
    }

    /** What could not be read, in words; what could is here nevertheless. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** The tables that hold something, in no order. */
    public List<String> tables() {
        return tables.names();
    }

    /** The ids of a table, in no order. */
    public List<String> ids(String table) {
        return tables.ids(table);
    }

    /** An entry as it is written; it may have permissions whose time is over. */
    public Optional<Entry> entry(String table, String id) {
        return Optional.ofNullable(tables.get(table, id));
    }

    /** The latest time that any line bears. */
    public Instant latest() {
        return latest;
    }
}
