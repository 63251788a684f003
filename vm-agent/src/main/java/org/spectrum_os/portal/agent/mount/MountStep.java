// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.mount;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;

/**
 * Mounts the folder of lent files, as root: a 9P file system over a connection to the host's file server. The kernel keeps the connection,
 * so the process may end; {@link StayingMount} does not.
 */
public final class MountStep {
    /** The largest message of the file system, in bytes. */
    public static final int DEFAULT_MSIZE = 512 * 1024;

    public static final int SMALLEST_MSIZE = Limits.MSIZE_LEAST;
    public static final int LARGEST_MSIZE = Limits.MSIZE_MOST;

    private static final String TYPE = "9p";
    /** How often a program that waits for a lock asks again, in seconds: not every kernel knows it, and none needs it. */
    private static final List<String> EXTRA_OPTIONS = List.of(",locktimeout=1", "");

    /** A file server that accepts and then keeps silent must not hold up the boot. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(30);

    private static final Duration LOOK = Duration.ofSeconds(10);

    /** The mount could not be made; the message says what to do. */
    public static final class MountException extends Exception {
        private static final long serialVersionUID = 1;

        private final boolean passing;

        private MountException(String message, boolean passing) {
            super(message);
            this.passing = passing;
        }

        /** Something here must be put right by somebody. */
        static MountException lasting(String message) {
            return new MountException(message, false);
        }

        /** The host is away, or not ready: another attempt may succeed. */
        static MountException passing(String message) {
            return new MountException(message, true);
        }

        boolean isPassing() {
            return passing;
        }
    }

    /** What is mounted now. */
    sealed interface Mounted {
        /** One line for the log. */
        String line();

        /** By this run; the descriptor is the socket that the kernel uses, to be closed without shutting it down. */
        record Now(String line, Descriptor connection) implements Mounted {}

        /** By an earlier one, and it is alive. */
        record Before(String line) implements Mounted {}
    }

    private final HostAddress host;
    private final String mountPoint;
    private final int msize;
    private final Path table;
    private final Kernel kernel;

    /**
     * A mount to be made.
     *
     * @param mountPoint an absolute path
     * @param msize      bytes, {@link #SMALLEST_MSIZE} to {@link #LARGEST_MSIZE}
     */
    public MountStep(HostAddress host, String mountPoint, int msize) {
        this(host, mountPoint, msize, MountTable.OWN, Kernel.OWN);
    }

    MountStep(HostAddress host, String mountPoint, int msize, Path table, Kernel kernel) {
        this.host = host;
        this.mountPoint = mountPoint;
        this.msize = msize;
        this.table = table;
        this.kernel = kernel;
    }

    String mountPoint() {
        return mountPoint;
    }

    /**
     * Sees to it that the folder is mounted and alive.
     *
     * @return one line for the log: what was done, or that nothing had to be
     */
    public String run() throws MountException, InterruptedException {
        Mounted mounted = mount();
        if (mounted instanceof Mounted.Now now) {
            now.connection().close();
        }
        return mounted.line();
    }

    Mounted mount() throws MountException, InterruptedException {
        String before = "";
        if (isMounted()) {
            if (isAlive()) {
                return new Mounted.Before(mountPoint + " is mounted and alive already");
            }
            detach();
            before = "; the dead one before it was taken away";
        }
        createMountPoint();
        int errno = 0;
        for (String extra : EXTRA_OPTIONS) {
            // A connection on which a mount failed may have had words on it already.
            try (Connection connection = connect()) {
                errno = mount(connection, extra);
                if (errno == 0) {
                    // The kernel has its own hold on the socket now. Closing the connection would shut it down for the
                    // kernel too.
                    return new Mounted.Now("lent files appear in " + mountPoint + before, released(connection));
                }
            }
            if (errno != Posix.EINVAL) {
                break;
            }
        }
        throw refused(errno);
    }

    /** Takes the uppermost mount away, which must be a 9P one; programs that have files of it open keep those, dead as they are. */
    void detach() throws MountException {
        int errno = kernel.detach(mountPoint);
        if (errno != 0) {
            throw MountException.lasting("the dead mount on " + mountPoint + " could not be taken away (errno " + errno
                    + "): " + remedy(errno));
        }
    }

    private Connection connect() throws MountException {
        try {
            return host.connect(Ports.FILES);
        } catch (IOException e) {
            throw MountException.passing(
                    "the host's file server (" + host.describe(Ports.FILES) + ") cannot be reached: " + e.getMessage()
                            + "; see on the host whether the portal runs and knows this VM");
        }
    }

    private static Descriptor released(Connection connection) throws MountException {
        try {
            return connection.release();
        } catch (ClosedChannelException e) {
            // The watchdog was quicker.
            throw MountException.passing(
                    "the host's file server did not answer within " + HANDSHAKE.toSeconds() + " s");
        }
    }

    /**
     * Whether a 9P file system is mounted there, alive or dead.
     *
     * @throws MountException if it is another file system
     */
    boolean isMounted() throws MountException {
        Optional<String> found = mounted();
        if (found.isPresent() && !found.get().equals(TYPE)) {
            throw MountException.lasting("a file system of type " + found.get() + " is mounted on " + mountPoint
                    + " already: unmount it, or give another folder with --mount-point");
        }
        return found.isPresent();
    }

    private Optional<String> mounted() throws MountException {
        try {
            return MountTable.typeAt(table, mountPoint);
        } catch (IOException e) {
            throw MountException.lasting("cannot read " + table + ": " + e.getMessage() + "; is /proc mounted?");
        }
    }

    /**
     * Asks the mounted file server for the attributes of its root. A mere look whether the path exists would be answered by the kernel
     * alone, dead server or not.
     */
    boolean isAlive() throws InterruptedException {
        var alive = new AtomicBoolean();
        Thread look = Thread.ofPlatform().daemon().name("look").start(() -> {
            try {
                alive.set(Files.readAttributes(Path.of(mountPoint), BasicFileAttributes.class)
                        .isDirectory());
            } catch (IOException dead) {
                alive.set(false);
            }
        });
        return look.join(LOOK) && alive.get();
    }

    private void createMountPoint() throws MountException {
        try {
            Files.createDirectories(Path.of(mountPoint));
        } catch (IOException e) {
            throw MountException.lasting("cannot create the folder " + mountPoint + ": " + e
                    + "; run this as root, or give another folder with --mount-point");
        }
    }

    /** Returns 0 or the errno. */
    private int mount(Connection connection, String extra) {
        var done = new CountDownLatch(1);
        Thread.ofPlatform().daemon().name("watchdog").start(() -> endUnless(done, connection));
        try {
            int fd = connection.descriptor().number();
            return kernel.mount(mountPoint, options(fd, msize) + extra);
        } finally {
            done.countDown();
        }
    }

    private MountException refused(int errno) {
        String message = "cannot mount the host's files on " + mountPoint + " (errno " + errno + "): " + remedy(errno);
        return switch (errno) {
            case Posix.EPERM, Posix.EACCES, Posix.ENODEV, Posix.EBUSY -> MountException.lasting(message);
            default -> MountException.passing(message);
        };
    }

    private static void endUnless(CountDownLatch done, Connection connection) {
        try {
            if (!done.await(HANDSHAKE.toSeconds(), TimeUnit.SECONDS)) {
                connection.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String options(int fd, int msize) {
        return "trans=fd,rfdno=" + fd + ",wfdno=" + fd + ",version=9p2000.L,cache=mmap,directio,access=any,msize="
                + msize;
    }

    private static String remedy(int errno) {
        return switch (errno) {
            case Posix.EPERM, Posix.EACCES -> "run this as root";
            case Posix.ENODEV ->
                "this kernel has no 9P file system: load the modules 9p and 9pnet_fd, or build the kernel with them";
            case Posix.ENOENT -> "the folder went away";
            case Posix.EBUSY ->
                "something else is mounted there: unmount it, or give another folder with --mount-point";
            default ->
                "the host's file server did not answer as expected; look at the kernel's log here and at the portal's log on the host";
        };
    }
}
