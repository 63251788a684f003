// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.store.Change;
import org.spectrum_os.portal.store.MachineTime;
import org.spectrum_os.portal.store.Outcome;
import org.spectrum_os.portal.store.Store;
import org.spectrum_os.portal.store.StoreLockedException;
import org.spectrum_os.portal.store.gvdb.StockEntry;

/** A store that nobody serves at the moment. */
final class StoreTarget implements ImportTarget {
    private final ScheduledExecutorService alarms;
    private final Store store;

    private StoreTarget(ScheduledExecutorService alarms, Store store) {
        this.alarms = alarms;
        this.store = store;
    }

    static StoreTarget open(Path folder) throws StopException, StoreLockedException {
        ScheduledExecutorService alarms = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("store-alarms").factory());
        try {
            return new StoreTarget(alarms, Store.open(folder, new MachineTime(alarms), Store.OnLastEnd.KEEP_ENTRY));
        } catch (StoreLockedException e) {
            alarms.shutdownNow();
            throw e;
        } catch (IOException e) {
            alarms.shutdownNow();
            throw new StopException(
                    "nothing was taken over: the store in " + folder + " cannot be opened: " + Reasons.of(e)
                            + "; make that folder readable and writable, with some room on its disk",
                    e);
        }
    }

    @Override
    public Set<String> ids(String table) {
        return Set.copyOf(store.ids(table));
    }

    @Override
    public CompletableFuture<@Nullable String> set(String table, StockEntry entry) {
        var done = new CompletableFuture<@Nullable String>();
        store.submit(
                new Change.Set(table, true, entry.id(), entry.permissions(), entry.data()),
                outcome -> done.complete(
                        switch (outcome) {
                            case Outcome.Done _ -> null;
                            case Outcome.Refused refused
                            when refused.why() == Change.Refusal.FULL -> "the store is full";
                            case Outcome.Refused _ ->
                                "it is larger than " + Store.LARGEST_CHANGE + " bytes, or has more than "
                                        + Store.MOST_PARTS + " parts";
                            case Outcome.Failed(IOException cause) -> String.valueOf(cause.getMessage());
                        }));
        return done;
    }

    @Override
    public void close() throws StopException {
        try {
            store.close();
        } catch (IOException e) {
            throw new StopException("the store was not closed in order: " + Reasons.of(e), e);
        } finally {
            alarms.shutdownNow();
        }
    }
}
