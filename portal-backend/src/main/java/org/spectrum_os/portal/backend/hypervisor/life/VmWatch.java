// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.life;

import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.PinnedProcess;
import org.spectrum_os.portal.transport.SocketKind;

/** Keeps a connection with a monitor while there is one, and waits for its socket while there is none. One thread of its own. */
public final class VmWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(VmWatch.class.getName());
    /** A connection that lasted so long was no failure. */
    private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** Between bind and listen, which nothing tells of, and after a peer that closes at once: doubled with each attempt. */
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** A monitor that hangs lets nobody in. */
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /** How often a socket is tried on which nobody listens, about a second in all; then its file must change. */
    private static final int REFUSALS = 7;

    /** What a driver does, all on the watch's thread. */
    public interface Driver {
        /** Somebody whom the user runs is there. Returns, or fails, when the connection is of no more use. */
        void connected(Connection connection, VmPeer peer, PinnedProcess process)
                throws IOException, InterruptedException;

        /**
         * Nobody is there, or not the one, or it cannot be told.
         *
         * @return whether a VM that was seen may run nevertheless: then it is looked for again in a while, not only when its socket changes
         */
        boolean absent(MachineException why);
    }

    private final Path socket;
    private final SocketKind kind;
    private final SocketFolders.Place place;
    private final Driver driver;
    private volatile @Nullable Connection held;
    private volatile boolean closing;

    /** Nothing happens before {@link #start}. */
    public VmWatch(Path socket, SocketKind kind, SocketFolders folders, Driver driver) {
        this.socket = socket;
        this.kind = kind;
        this.place = folders.place(socket);
        this.driver = driver;
    }

    /** Once. */
    public void start(String name) {
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                watch();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                LOG.log(ERROR, "the watch of " + socket + " has ended by a fault of this program", e);
                throw e;
            }
        });
    }

    private void watch() throws InterruptedException {
        int failures = 0;
        while (!closing) {
            long seen = place.changes();
            long began = System.nanoTime();
            long pause;
            try (Connection connection = Connection.connectUnix(socket, kind, CONNECT)) {
                held = connection;
                if (closing) {
                    return;
                }
                pause = delay(failures);
                serve(connection, failures);
            } catch (MachineException.WrongPeer e) {
                pause = driver.absent(e) ? delay(failures) : Long.MAX_VALUE;
            } catch (IOException e) {
                boolean lasts = driver.absent(unconnected(e));
                boolean refused = e instanceof ErrnoException errno && errno.errno() == ErrnoException.ECONNREFUSED;
                boolean again = lasts || !isNobody(e) || (refused && failures < REFUSALS);
                pause = again ? delay(failures) : Long.MAX_VALUE;
            }
            held = null;
            failures = System.nanoTime() - began > GOOD_NANOS ? 0 : failures + 1;
            place.await(seen, pause);
            if (place.changes() != seen) {
                failures = 0;
            }
        }
    }

    private MachineException unconnected(IOException e) {
        return isNobody(e)
                ? new MachineException.NotRunning(
                        "nobody is behind " + socket + " (" + e.getMessage() + "): start the VM")
                : new MachineException.NoAnswer("whether anybody is behind " + socket + " cannot be told ("
                        + e.getMessage() + "): see that this user may connect to it");
    }

    /** Whether a failure to connect says that nobody listens there, and not only that this process did not get there. */
    private static boolean isNobody(IOException e) {
        return e instanceof ErrnoException errno
                && switch (errno.errno()) {
                    case ErrnoException.ENOENT, ErrnoException.ENOTDIR, ErrnoException.ECONNREFUSED -> true;
                    default -> false;
                };
    }

    private static long delay(int failures) {
        return Math.min(LAST_NANOS, FIRST_NANOS << Math.min(failures, 20));
    }

    /** Only connecting tells whether somebody is there; a connection that broke is made anew, within reason. */
    private void serve(Connection connection, int failures) throws MachineException.WrongPeer, InterruptedException {
        try {
            VmPeer peer = VmPeer.of(connection, socket);
            try (PinnedProcess process = PinnedProcess.open(peer.process().pid())) {
                if (peer.process().isThere()) {
                    driver.connected(connection, peer, process);
                }
            }
        } catch (MachineException.WrongPeer e) {
            throw e;
        } catch (IOException e) {
            if (failures >= REFUSALS) {
                driver.absent(new MachineException.NoAnswer(
                        "the connection with " + socket + " breaks each time: " + e.getMessage()));
            }
        }
    }

    /** Somebody else may be behind the socket now: looks again. */
    public void doubt() {
        Connection connection = held;
        if (connection != null) {
            connection.close();
        }
    }

    /** No event begins after this, but one may be under way. */
    @Override
    public void close() {
        closing = true;
        doubt();
        place.close();
    }
}
