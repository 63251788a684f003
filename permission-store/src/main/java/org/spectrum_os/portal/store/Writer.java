// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import static java.lang.System.Logger.Level.ERROR;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts changes on the disk: many at once in the journal, with one fsync, and now and then all entries in a new store file, behind the
 * journal's back. Used by one thread.
 */
final class Writer implements AutoCloseable {
    /** Changes that share one fsync, at most. */
    static final int MOST_AT_ONCE = 1024;

    /** Bytes after which no more changes join. */
    private static final int ENOUGH_BYTES = 4 << 20;

    /** A journal is not rewritten before it is this long, in bytes, nor before it is as long as the store's file. */
    static final long SHORTEST_COMPACTION = 1 << 20;

    private static final System.Logger LOG = System.getLogger(Writer.class.getName());

    private final StoreFolder folder;
    private final StoreTime time;
    private final Store.OnLastEnd onLastEnd;
    private final Over over;
    private final List<Line.Foreign> foreign;
    private final Unknown header;
    private Instant latest;
    /** Null when none can be continued: then the store's file is written first. */
    private @Nullable Journal journal;

    private long lastNumber;
    private volatile long storeSize;
    private long compactAt;
    /** Changes to be written one by one: among those that failed together only one may be at fault. */
    private int careful;

    private @Nullable Thread compaction;

    /** Whether a permission's time is over. */
    interface Over {
        boolean test(String table, String id, String app, Permission permission);
    }

    private record Key(String table, String id) {}

    private Writer(StoreFolder folder, Loader.Found found, StoreTime time, Store.OnLastEnd onLastEnd, Over over) {
        this.folder = folder;
        this.time = time;
        this.onLastEnd = onLastEnd;
        this.over = over;
        this.foreign = found.foreign();
        this.header = found.header();
        this.latest = found.latest();
        this.lastNumber = found.last();
        this.storeSize = found.size();
    }

    static Writer start(StoreFolder folder, Loader.Found found, StoreTime time, Store.OnLastEnd onLastEnd, Over over)
            throws IOException {
        var writer = new Writer(folder, found, time, onLastEnd, over);
        if (found.damaged()) {
            try {
                writer.renew(found.tables());
            } catch (IOException e) {
                LOG.log(ERROR, "{0} cannot be written for now: {1}", folder.path(), e.getMessage());
            }
        } else if (found.length() > 0) {
            writer.journal = Journal.resume(folder, found.last(), found.length());
        }
        writer.compactAt = Math.max(SHORTEST_COMPACTION, writer.storeSize);
        return writer;
    }

    /**
     * Writes the first of some changes; at least one, if there are any.
     *
     * @param tables as they are after everything that was written before
     * @return the outcomes of as many of them as were written
     */
    List<Outcome> write(List<Change> changes, Tables tables) {
        if (changes.isEmpty()) {
            return List.of();
        }
        List<Change> some = careful > 0 ? changes.subList(0, 1) : changes;
        careful = Math.max(0, careful - 1);
        Instant now = time.now();
        latest = now.isAfter(latest) ? now : latest;
        var evaluation = new Evaluation(now, onLastEnd);
        var ahead = new HashMap<Key, Optional<Entry>>();
        var lines = new ByteArrayOutputStream();
        var outcomes = new ArrayList<Outcome>();
        try {
            if (journal == null || journal.broken()) {
                renew(tables);
            } else {
                compactIfLong(tables);
            }
            long size = tables.bytes();
            for (Change change : some) {
                var key = new Key(change.table(), change.id());
                Optional<Entry> known = ahead.get(key);
                Entry before = known == null ? tables.get(change.table(), change.id()) : known.orElse(null);
                Outcome outcome = evaluation.of(change, before, isOver(change, before));
                if (outcome instanceof Outcome.Done done && !Objects.equals(done.before(), done.after())) {
                    long growth = Tables.weight(change.table(), change.id(), done.after())
                            - Tables.weight(change.table(), change.id(), done.before());
                    if (growth > 0 && size + growth > Store.LARGEST) {
                        outcome = new Outcome.Refused(Change.Refusal.FULL);
                    } else {
                        size += growth;
                        lines.write(LineWriting.write(line(change, done), now));
                        ahead.put(key, Optional.ofNullable(done.after()));
                    }
                }
                outcomes.add(outcome);
                if (lines.size() > ENOUGH_BYTES) {
                    break;
                }
            }
            if (lines.size() > 0) {
                Objects.requireNonNull(journal).append(ByteBuffer.wrap(lines.toByteArray()));
            }
            return outcomes;
        } catch (IOException | RuntimeException | Error e) {
            if (some.size() > 1) {
                careful = some.size();
                return write(changes, tables);
            }
            if (e instanceof IOException) {
                return failed(String.valueOf(e.getMessage()), e);
            }
            // Such as a value whose JSON takes more memory than there is. Without this thread nothing would be written
            // any more.
            LOG.log(ERROR, "a change could not be written", e);
            return failed(e.toString(), e);
        }
    }

    private List<Outcome> failed(String why, Throwable cause) {
        return List.of(new Outcome.Failed(new IOException("cannot write to " + folder.path() + ": " + why, cause)));
    }

    /** About the permission as it will be when all that precedes this is done: it may have been granted anew. */
    private boolean isOver(Change change, @Nullable Entry before) {
        return switch (change) {
            case Change.Use use -> isOver(use, use.app(), before);
            case Change.Finish finish -> isOver(finish, finish.app(), before);
            case Change.Set _,
                    Change.SetValue _,
                    Change.SetPermission _,
                    Change.Grant _,
                    Change.DeletePermission _,
                    Change.Delete _ -> false;
        };
    }

    private boolean isOver(Change change, String app, @Nullable Entry before) {
        Permission permission = before == null ? null : before.permissions().get(app);
        return permission != null && over.test(change.table(), change.id(), app, permission);
    }

    /** The line that leaves the entry as the change does. */
    private static Line line(Change change, Outcome.Done done) {
        Entry after = done.after();
        Outcome.Ended ended = done.ended();
        EndReason why = ended == null ? null : ended.why();
        if (after == null) {
            return new Line.Delete(change.table(), change.id(), why);
        }
        if (done.before() == null) {
            return new Line.Set(change.table(), change.id(), after);
        }
        return switch (change) {
            case Change.SetValue set -> new Line.Data(set.table(), set.id(), after.data());
            case Change.SetPermission set -> permission(change, set.app(), after, why);
            case Change.DeletePermission delete -> permission(change, delete.app(), after, why);
            case Change.Use use -> permission(change, use.app(), after, why);
            case Change.Finish finish -> permission(change, finish.app(), after, why);
            case Change.Set _, Change.Grant _, Change.Delete _ -> new Line.Set(change.table(), change.id(), after);
        };
    }

    private static Line permission(Change change, String app, Entry after, @Nullable EndReason why) {
        Permission permission = after.permissions().get(app);
        return permission == null
                ? new Line.Forbid(change.table(), change.id(), app, why)
                : new Line.Allow(change.table(), change.id(), app, permission);
    }

    /** Begins a new journal, and writes the store's file first: no old journal can be continued. */
    private void renew(Tables tables) throws IOException {
        awaitCompaction();
        Instant now = time.now();
        Journal next = Journal.create(folder, lastNumber + 1, now, latest);
        try {
            storeSize = Snapshot.write(folder, header(next), now, tables.rows(), foreign);
        } catch (IOException e) {
            next.close();
            java.nio.file.Files.deleteIfExists(folder.journal(next.number()));
            throw e;
        }
        use(next);
    }

    private Line.Header header(Journal next) {
        return new Line.Header(LineWriting.STORE, next.number(), latest, header);
    }

    private void use(Journal next) throws IOException {
        Journal old = journal;
        journal = next;
        lastNumber = next.number();
        compactAt = Math.max(SHORTEST_COMPACTION, storeSize);
        if (old != null) {
            old.close();
        }
    }

    /** Begins a new journal when this one has grown long, and has the store's file written meanwhile. */
    private void compactIfLong(Tables tables) {
        Journal current = Objects.requireNonNull(journal);
        if (current.length() < compactAt || (compaction != null && compaction.isAlive())) {
            return;
        }
        compactAt = current.length() * 2;
        Instant now = time.now();
        Line.Header header;
        try {
            Journal next = Journal.create(folder, lastNumber + 1, now, latest);
            header = header(next);
            use(next);
        } catch (IOException e) {
            LOG.log(ERROR, "{0} cannot be rewritten, its journal goes on: {1}", folder.store(), e.getMessage());
            return;
        }
        List<Tables.Row> rows = tables.rows();
        compaction = Thread.ofPlatform().daemon().name("store-compaction").start(() -> {
            try {
                storeSize = Snapshot.write(folder, header, now, rows, foreign);
            } catch (IOException e) {
                // Nothing is lost: the old file and all journals are there, and the next journal's end tries again.
                LOG.log(ERROR, "{0} could not be rewritten, its journals go on: {1}", folder.store(), e.getMessage());
            }
        });
    }

    /** Waits for the compaction under way, if there is one. */
    void awaitCompaction() {
        Thread running = compaction;
        boolean interrupted = false;
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        awaitCompaction();
        if (journal != null) {
            journal.close();
        }
    }
}
