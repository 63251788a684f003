// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The lines of one folder's log in their order, across its files, while it is written and begun anew. Not thread-safe. */
final class LogCursor implements Closeable {
    /** A log is begun anew every few megabytes: more than this in a row while two files are opened is no accident. */
    private static final int ATTEMPTS = 20;

    private final Path folder;
    private final LineReader reader;
    private final AuditReader.Problems problems;
    /** Oldest first; all but the last are complete. Once one was opened there is always one. */
    private final Deque<LineFile> files = new ArrayDeque<>();
    /** The one read before, kept open so that no new file can be taken for it. */
    private @Nullable LineFile drained;

    LogCursor(Path folder, LineReader reader, AuditReader.Problems problems) {
        this.folder = folder;
        this.reader = reader;
        this.problems = problems;
    }

    /** A file by what it is, not by what it is called. */
    private record Found(Path path, Object key) {
        /** Only a regular file: opening another kind may wait for ever. */
        static Optional<Found> at(Path path) throws IOException {
            try {
                var attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return attributes.isRegularFile()
                        ? Optional.of(new Found(path, Objects.requireNonNull(attributes.fileKey())))
                        : Optional.empty();
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }
    }

    /** Opens what is there now and was not opened before. A file that cannot be opened is a problem, and the others are read. */
    void look() {
        try {
            lookForFiles();
        } catch (IOException e) {
            problems.unreadable(folder.resolve(AuditLog.CURRENT), e);
        }
    }

    private void lookForFiles() throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Found> current = Found.at(folder.resolve(AuditLog.CURRENT));
            if (current.isPresent() && isNewest(current.get())) {
                return;
            }
            var opened = new ArrayDeque<LineFile>();
            // Between these steps the log may be begun anew, and each name then means another file.
            for (String name : new String[] {AuditLog.PREVIOUS, AuditLog.CURRENT}) {
                Optional<Found> found = Found.at(folder.resolve(name));
                if (found.isPresent() && !isOpen(found.get())) {
                    open(found.get()).ifPresent(opened::add);
                }
            }
            if (Found.at(folder.resolve(AuditLog.CURRENT)).equals(current)) {
                files.addAll(opened);
                return;
            }
            opened.forEach(this::closeFile);
        }
        throw new IOException("it is begun anew faster than it can be read");
    }

    private boolean isNewest(Found found) {
        LineFile newest = files.peekLast();
        return newest != null && newest.key().equals(found.key());
    }

    private boolean isOpen(Found found) {
        return (drained != null && drained.key().equals(found.key()))
                || files.stream().anyMatch(file -> file.key().equals(found.key()));
    }

    private Optional<LineFile> open(Found found) {
        try {
            return Optional.of(LineFile.open(found.path(), found.key()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            problems.unreadable(found.path(), e);
            return Optional.empty();
        }
    }

    /** The next line that can be read; null if there is none yet. */
    @Nullable
    AuditLine next() {
        while (true) {
            LineFile file = files.peekFirst();
            if (file == null) {
                return null;
            }
            LineFile.Line line = null;
            try {
                line = file.next();
            } catch (IOException e) {
                problems.unreadable(file.path(), e);
            }
            if (line == null && files.size() == 1) {
                return null;
            }
            if (line == null) {
                line = file.rest();
                drain();
            }
            AuditLine read = line == null ? null : understood(file, line);
            if (read != null) {
                return read;
            }
        }
    }

    private void drain() {
        closeFile(drained);
        drained = files.removeFirst();
    }

    private void closeFile(@Nullable LineFile file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                problems.unreadable(file.path(), e);
            }
        }
    }

    /**
     * What was begun at the end of the newest file, if it can be understood; call it when nobody waits for the rest of the line. Otherwise
     * it is no damage: it is being written at this moment, or a crash cut it off, and then the next line tells where.
     */
    @Nullable
    AuditLine rest() {
        LineFile file = files.peekLast();
        LineFile.Line line = file == null ? null : file.rest();
        try {
            return line == null || isEmpty(line) ? null : reader.read(line);
        } catch (LineReader.UnreadableException _) {
            return null;
        }
    }

    private static boolean isEmpty(LineFile.Line line) {
        return line instanceof LineFile.Line.Whole(var bytes) && !bytes.hasRemaining();
    }

    private @Nullable AuditLine understood(LineFile file, LineFile.Line line) {
        if (isEmpty(line)) {
            return null;
        }
        try {
            return reader.read(line);
        } catch (LineReader.UnreadableException e) {
            problems.damaged(file.path(), file.number(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    @Override
    public void close() {
        closeFile(drained);
        drained = null;
        files.forEach(this::closeFile);
        files.clear();
    }
}
