// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Permissions in one folder: tables of entries, each with a value and what applications may do.
 *
 * <p>A change is on the disk (fsync) before anybody hears or sees it, and changes are made in the order in which they were submitted.
 * Reading waits for nothing. A permission whose end has come is not seen any more, also before its end has been written down.
 *
 * <p>Thread-safe. One process at a time has a folder open.
 */
public final class Store implements AutoCloseable {
    /** The most that one change may hold: texts in characters, the value in bytes. */
    public static final int LARGEST_CHANGE = 20 << 20;

    /**
     * The most parts of one value: numbers, texts, variants, arrays and so on; an array of bytes is one. As JSON each takes much more
     * memory than on the wire, and what has been written must be read again at the next start, with the same memory.
     */
    public static final int MOST_PARTS = 1 << 19;

    /** The most that a store holds, counted likewise. */
    public static final long LARGEST = 256L << 20;

    /**
     * No file of a store is longer, in bytes. Nothing takes more than eight times the room as JSON (a variant of a byte, a text of control
     * characters six times), and a journal can be as long as the store's file and longer while that cannot be written.
     */
    static final long LONGEST_FILE = LARGEST * 32;

    /** Changes that may wait; whoever submits more is refused. */
    static final int MOST_WAITING = 100_000;

    private static final Outcome CLOSED = new Outcome.Failed(new IOException("the store is being closed"));
    private static final System.Logger LOG = System.getLogger(Store.class.getName());

    private final StoreFolder folder;
    private final StoreTime time;
    private final Tables tables;
    private final Deadlines deadlines;
    private final Writer writer;
    private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean stopped;

    /** What becomes of an entry whose last permission ended, by time, use or {@link Change.Finish}. */
    public enum OnLastEnd {
        /** It stays, with its value, as the PermissionStore interface has it. */
        KEEP_ENTRY,
        /** It goes: it was made for that permission. */
        DROP_ENTRY
    }

    /** A change and who waits for it; without one it is the sign to stop. */
    record Waiting(@Nullable Change change, Consumer<Outcome> then) {}

    private Store(StoreFolder folder, StoreTime time, OnLastEnd onLastEnd) throws IOException {
        this.folder = folder;
        this.time = time;
        Loader.Found found = Loader.load(folder, time.now());
        tables = found.tables();
        deadlines = new Deadlines(time, this::expire);
        deadlines.begin(tables.rows(), found.latest());
        writer = Writer.start(folder, found, time, onLastEnd, deadlines::isOver);
        thread = Thread.ofPlatform().daemon().name("store-writer").unstarted(this::writeAll);
    }

    /**
     * Opens the store in a folder, which is made if absent.
     *
     * @throws StoreLockedException if it is open elsewhere
     * @throws IOException          if it cannot be read at all. Damaged files are no reason: they are set aside
     */
    public static Store open(Path path, StoreTime time, OnLastEnd onLastEnd) throws IOException {
        StoreFolder folder = StoreFolder.open(path);
        try {
            var store = new Store(folder, time, onLastEnd);
            store.thread.start();
            return store;
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** Tells {@code listener} of every change from now on. */
    public void addListener(StoreListener listener) {
        listeners.add(listener);
    }

    /** An entry, without the permissions that are over. */
    public Optional<Entry> entry(String table, String id) {
        Entry entry = tables.get(table, id);
        if (entry == null) {
            return Optional.empty();
        }
        return Optional.of(entry.permissions().ending() ? deadlines.visible(table, id, entry) : entry);
    }

    /** The tables that hold something, in no order. */
    public List<String> tables() {
        return tables.names();
    }

    /** The ids of a table, in no order; none if there is no such table. */
    public List<String> ids(String table) {
        return tables.ids(table);
    }

    /**
     * Makes a change. {@code then} is called once, on the store's own thread: it must be quick, and must not wait for the store.
     */
    public void submit(Change change, Consumer<Outcome> then) {
        if (closing) {
            then.accept(CLOSED);
        } else if (!queue.offer(new Waiting(change, then))) {
            then.accept(
                    new Outcome.Failed(new IOException(MOST_WAITING + " changes are waiting to be written already")));
        } else if (stopped) {
            failRest();
        }
    }

    /** Makes a change and waits until it is on the disk. Not to be called by a listener. */
    public Outcome apply(Change change) {
        var outcome = new CompletableFuture<Outcome>();
        submit(change, outcome::complete);
        return outcome.join();
    }

    private void expire(Deadlines.Place place) {
        submit(new Change.Finish(place.table(), place.id(), place.app(), EndReason.EXPIRED, true), outcome -> {
            if (outcome instanceof Outcome.Failed(IOException cause)) {
                LOG.log(
                        ERROR,
                        "the end of what {0} may do with {1}/{2} could not be written down, and will be tried again: {3}",
                        place.app(),
                        place.table(),
                        place.id(),
                        cause.getMessage());
            }
        });
    }

    private void writeAll() {
        var batch = new ArrayList<Waiting>();
        boolean asked = false;
        boolean stop = false;
        while (!stop) {
            batch.clear();
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                LOG.log(ERROR, "the store''s thread was interrupted; {0} is closed", folder.path());
                closing = true;
                asked = true;
            }
            queue.drainTo(batch, Writer.MOST_AT_ONCE);
            // Not only as the last one: whoever looked before it was being closed may have submitted behind it.
            asked |= batch.removeIf(waiting -> waiting.change() == null);
            stop = asked && queue.isEmpty();
            for (int from = 0; from < batch.size(); ) {
                from += writeSome(batch.subList(from, batch.size()));
            }
        }
        stopped = true;
        failRest();
    }

    /** What was submitted just when the thread stopped. */
    private void failRest() {
        for (Waiting waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            waiting.then().accept(CLOSED);
        }
    }

    /** Writes as many as fit into one go; says how many. */
    private int writeSome(List<Waiting> waiting) {
        var changes = new ArrayList<Change>();
        for (Waiting one : waiting) {
            if (one.change() != null) {
                changes.add(one.change());
            }
        }
        List<Outcome> outcomes = writer.write(changes, tables);
        for (int i = 0; i < outcomes.size(); i++) {
            finish(waiting.get(i), outcomes.get(i));
        }
        return outcomes.size();
    }

    private void finish(Waiting waiting, Outcome outcome) {
        Change change = waiting.change();
        try {
            if (change != null && outcome instanceof Outcome.Done done) {
                tables.put(change.table(), change.id(), done.after());
                deadlines.follow(change.table(), change.id(), done.before(), done.after(), time.now());
                for (StoreListener listener : listeners) {
                    listener.changed(change, done);
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.log(ERROR, "what follows from a change failed", e);
        }
        try {
            // Whatever became of the rest: who is not answered waits for ever.
            waiting.then().accept(outcome);
        } catch (RuntimeException | Error e) {
            LOG.log(ERROR, "the answer to a change failed", e);
        }
    }

    /** Writes what was submitted, then lets go of the folder. */
    @Override
    public void close() throws IOException {
        closing = true;
        boolean interrupted = false;
        while (!queue.offer(new Waiting(null, _ -> {}))) {
            Thread.onSpinWait();
        }
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        deadlines.stop();
        try {
            writer.close();
        } finally {
            folder.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
