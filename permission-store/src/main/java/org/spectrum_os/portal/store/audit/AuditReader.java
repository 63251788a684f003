// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the audit logs of all folders as one, by time, also while they are written by another process. Lines of one log keep their order
 * even where the clock was set back between them. Of each log one line is in memory at a time.
 *
 * <p>Besides the folders' it reads the log that stood in the state folder itself before each instance had one. Not thread-safe.
 */
public final class AuditReader implements Closeable {
    /** Before every name of a folder. */
    private static final String STATE_ITSELF = "";

    private final Path state;
    private final Predicate<String> wanted;
    private final Problems problems;
    private final @Nullable WatchService watcher;
    private final Map<WatchKey, String> watched = new HashMap<>();
    private final TreeMap<String, LogCursor> cursors = new TreeMap<>();
    /** Of all logs, also those that are not wanted. */
    private final Set<String> folders = new TreeSet<>();
    /** In which logs there may be something new. */
    private final Set<String> ready = new TreeSet<>();

    /** Hears of what could not be read. It is left out, and the rest is read. */
    public interface Problems {
        /**
         * A line is none that this or a later version writes.
         *
         * @param line from 1
         * @param why  in words that complete "the line is ..."
         */
        void damaged(Path file, long line, String why);

        /** A file cannot be read, or not to its end. */
        void unreadable(Path file, IOException why);
    }

    /** Takes the lines. */
    @FunctionalInterface
    public interface Taker {
        /** Says whether it wants more. */
        boolean take(AuditLine line);
    }

    private record Head(String folder, LogCursor cursor, AuditLine line) {}

    private AuditReader(Path state, Predicate<String> wanted, Problems problems, @Nullable WatchService watcher) {
        this.state = state;
        this.wanted = wanted;
        this.problems = problems;
        this.watcher = watcher;
    }

    /**
     * For what stands there now.
     *
     * @param wanted which folders to read; the state folder itself is always read
     * @throws IOException if the state folder is there and cannot be listed
     */
    public static AuditReader open(Path state, Predicate<String> wanted, Problems problems) throws IOException {
        var reader = new AuditReader(state, wanted, problems, null);
        if (Files.isDirectory(state)) {
            reader.add(STATE_ITSELF);
            reader.addFolders();
        }
        return reader;
    }

    /**
     * For what stands there now and what will: see {@link #await}.
     *
     * @throws NoSuchFileException if there is no state folder
     * @throws IOException         if it cannot be watched or listed
     */
    public static AuditReader follow(Path state, Predicate<String> wanted, Problems problems) throws IOException {
        var reader =
                new AuditReader(state, wanted, problems, state.getFileSystem().newWatchService());
        try {
            // Watched before it is read, so that nothing falls between.
            reader.add(STATE_ITSELF);
            reader.addFolders();
            return reader;
        } catch (IOException e) {
            reader.close();
            throw e;
        }
    }

    private void addFolders() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(state)) {
            for (Path folder : folders) {
                addIfLog(folder.getFileName().toString());
            }
        }
    }

    private void addIfLog(String name) throws IOException {
        boolean log = name.equals(AuditSource.HOST_FOLDER) || AuditSource.ofInstance(name) instanceof AuditSource.Vm;
        if (log && Files.isDirectory(state.resolve(name))) {
            folders.add(name);
            if (!wanted.test(name)) {
                return;
            }
            try {
                add(name);
            } catch (NoSuchFileException e) {
                problems.unreadable(state.resolve(name), e);
            }
        }
    }

    private void add(String name) throws IOException {
        Path folder = state.resolve(name);
        if (watcher != null) {
            watched.put(
                    folder.register(
                            watcher,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY,
                            StandardWatchEventKinds.ENTRY_DELETE),
                    name);
        }
        look(name);
    }

    private void look(String name) {
        cursors.computeIfAbsent(name, _ -> new LogCursor(state.resolve(name), reader(name), problems))
                .look();
        ready.add(name);
    }

    private static LineReader reader(String name) {
        return switch (name) {
            case STATE_ITSELF -> new LineReader(null, true);
            case AuditSource.HOST_FOLDER -> new LineReader(null, false);
            default -> new LineReader(name, false);
        };
    }

    /** Hands over, by time, each line that was not handed over before; says whether all were taken. */
    public boolean read(Taker taker) {
        var heads = new PriorityQueue<>(
                Comparator.comparing((Head head) -> head.line().time()).thenComparing(Head::folder));
        for (String name : ready) {
            LogCursor cursor = cursors.get(name);
            if (cursor != null) {
                addHead(heads, name, cursor);
            }
        }
        ready.clear();
        for (Head head = heads.poll(); head != null; head = heads.poll()) {
            if (!taker.take(head.line())) {
                return false;
            }
            addHead(heads, head.folder(), head.cursor());
        }
        return true;
    }

    private void addHead(PriorityQueue<Head> heads, String name, LogCursor cursor) {
        AuditLine line = cursor.next();
        if (line == null && watcher == null) {
            line = cursor.rest();
        }
        if (line != null) {
            heads.add(new Head(name, cursor, line));
        }
    }

    /**
     * Waits until there may be more to {@link #read}.
     *
     * @throws NoSuchFileException if the state folder is gone
     */
    public void await() throws IOException, InterruptedException {
        if (watcher == null) {
            throw new IllegalStateException("opened for what stands there now");
        }
        while (ready.isEmpty()) {
            for (WatchKey key = watcher.take(); key != null; key = watcher.poll()) {
                changed(key);
            }
        }
    }

    private void changed(WatchKey key) throws IOException {
        String folder = watched.get(key);
        if (folder == null) {
            return;
        }
        for (WatchEvent<?> event : key.pollEvents()) {
            if (!(event.context() instanceof Path entry)) {
                // More happened than the kernel keeps.
                look(folder);
                if (folder.equals(STATE_ITSELF)) {
                    addFolders();
                }
            } else if (entry.toString().equals(AuditLog.CURRENT)
                    || entry.toString().equals(AuditLog.PREVIOUS)) {
                look(folder);
            } else if (folder.equals(STATE_ITSELF) && event.kind().equals(StandardWatchEventKinds.ENTRY_CREATE)) {
                addIfLog(entry.toString());
            }
        }
        if (!key.reset()) {
            watched.remove(key);
            if (folder.equals(STATE_ITSELF)) {
                throw new NoSuchFileException(state.toString());
            }
        }
    }

    /** The folders that may have a log, in alphabetical order, also those that are not wanted. */
    public Set<String> folders() {
        return Collections.unmodifiableSet(folders);
    }

    @Override
    public void close() throws IOException {
        cursors.values().forEach(LogCursor::close);
        if (watcher != null) {
            watcher.close();
        }
    }
}
