// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.ExportedObject;
import org.spectrum_os.portal.dbus.NameFlag;
import org.spectrum_os.portal.dbus.NameTakenException;
import org.spectrum_os.portal.store.MachineTime;
import org.spectrum_os.portal.store.Store;
import org.spectrum_os.portal.store.StoreLockedException;

/**
 * The service's life: it takes the bus name, then opens the store, answers, and when the name or the bus is lost or somebody says so,
 * writes what it has let in, answers that, and lets go of the store.
 *
 * <p>The name comes first, so that of two that start at once one gives way before it touches the store, and so that nobody's call is lost
 * while one replaces the other: it waits at the bus, or in the {@link Gate}.
 */
final class PermissionService {
    /** How long whoever had the store before may take to write its last changes. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long LOCK_PAUSE_MILLIS = 20;
    private static final System.Logger LOG = System.getLogger(PermissionService.class.getName());

    private final Path folder;
    private final boolean replace;
    private final Gate gate = new Gate();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    PermissionService(Path folder, boolean replace) {
        this.folder = folder;
        this.replace = replace;
    }

    /** Makes {@link #run} end in order. From any thread, any number of times. */
    void stop() {
        stopping.countDown();
    }

    /** Waits until all that was let in has been written and answered, and the store can be opened by others. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /**
     * Serves until {@link #stop}, or until the name or the bus is lost.
     *
     * @throws StopException when it cannot begin
     */
    void run() throws StopException, InterruptedException {
        try (BusConnection bus = SessionBus.connect()) {
            ScheduledExecutorService alarms = Executors.newSingleThreadScheduledExecutor(daemon("store-alarms"));
            ExecutorService elsewhere = Executors.newSingleThreadExecutor(daemon("store-listings"));
            var _ = bus.disconnected().whenComplete((_, _) -> stop());
            var _ = bus.onNameLost(PermissionStoreFace.NAME, this::stop);
            var _ = bus.export(
                    PermissionStoreFace.PATH,
                    ExportedObject.of(
                            new PermissionStoreFace(gate),
                            new PermissionsFace(gate, InstantSource.system(), elsewhere)));
            takeName(bus);
            Store store = null;
            try {
                store = openStore(new MachineTime(alarms));
                if (store != null) {
                    store.addListener(new ChangeSignals(bus, store));
                    gate.open(store);
                    LOG.log(
                            INFO,
                            "serving {0}, {1} tables",
                            folder,
                            store.tables().size());
                    stopping.await();
                }
            } finally {
                leave(bus, elsewhere, store);
                alarms.shutdownNow();
            }
        } finally {
            ended.countDown();
        }
    }

    private static ThreadFactory daemon(String name) {
        return Thread.ofPlatform().daemon().name(name).factory();
    }

    private void takeName(BusConnection bus) throws StopException {
        Set<NameFlag> flags = EnumSet.of(NameFlag.ALLOW_REPLACEMENT, NameFlag.DO_NOT_QUEUE);
        if (replace) {
            flags.add(NameFlag.REPLACE_EXISTING);
        }
        try {
            bus.requestName(PermissionStoreFace.NAME, flags);
        } catch (NameTakenException e) {
            throw new StopException(
                    "a permission store is running already: " + SessionBus.ownerInWords(bus)
                            + ". Stop that one, or start" + " this one with --replace",
                    e);
        } catch (BusException e) {
            throw new StopException(
                    "the session bus did not give the name " + PermissionStoreFace.NAME + ": " + e.getMessage(), e);
        }
    }

    /** Opens the store, once its last writer has let go of it; null when it is time to stop instead. */
    private @Nullable Store openStore(MachineTime time) throws StopException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return Store.open(folder, time, Store.OnLastEnd.KEEP_ENTRY);
            } catch (StoreLockedException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw new StopException("not started: " + e.getMessage(), e);
                }
                LOG.log(DEBUG, "waiting: {0}", e.getMessage());
            } catch (IOException e) {
                throw new StopException(
                        "not started: the store in " + folder + " cannot be opened: " + Reasons.of(e)
                                + "; make that folder readable and writable, with some room on its disk",
                        e);
            }
            if (stopping.await(LOCK_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                return null;
            }
        }
    }

    /** All calls that the bus has sent to the name are let in before it is given back: its answer comes behind them. */
    private void leave(BusConnection bus, ExecutorService elsewhere, @Nullable Store store)
            throws InterruptedException {
        try {
            bus.releaseName(PermissionStoreFace.NAME);
        } catch (BusException e) {
            LOG.log(DEBUG, "the name was not given back: {0}", e.getMessage());
        }
        gate.close();
        elsewhere.shutdown();
        if (!elsewhere.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            LOG.log(WARNING, "a listing was not finished");
        }
        if (store != null) {
            try {
                store.close();
            } catch (IOException e) {
                LOG.log(WARNING, "the store in {0} was not closed in order: {1}", folder, Reasons.of(e));
            }
        }
    }
}
