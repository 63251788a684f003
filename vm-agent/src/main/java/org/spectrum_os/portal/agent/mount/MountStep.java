// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.transport.Connection;

/**
 * Mounts the folder of lent files: a 9P file system over a connection to the host's file server. Run once at start-up, as root. The
 * kernel keeps the connection, so the process may end.
 */
public final class MountStep {
    /** The largest message of the file system, in bytes. */
    public static final int DEFAULT_MSIZE = 512 * 1024;

    public static final int SMALLEST_MSIZE = Limits.MSIZE_LEAST;
    public static final int LARGEST_MSIZE = Limits.MSIZE_MOST;

    private static final String TYPE = "9p";
    /** A file server that accepts and then keeps silent must not hold up the boot. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(30);

    private static final Duration LOOK = Duration.ofSeconds(10);

    /** The mount could not be made; the message says what to do. */
    public static final class MountException extends Exception {
        private static final long serialVersionUID = 1;

        MountException(String message) {
            super(message);
        }
    }

    private final HostAddress host;
    private final String mountPoint;
    private final int msize;
    private final Path table;

    /**
     * A mount to be made.
     *
     * @param mountPoint an absolute path
     * @param msize      bytes, {@link #SMALLEST_MSIZE} to {@link #LARGEST_MSIZE}
     */
    public MountStep(HostAddress host, String mountPoint, int msize) {
        this(host, mountPoint, msize, MountTable.OWN);
    }

    MountStep(HostAddress host, String mountPoint, int msize, Path table) {
        this.host = host;
        this.mountPoint = mountPoint;
        this.msize = msize;
        this.table = table;
    }

    /**
     * Sees to it that the folder is mounted and alive.
     *
     * @return one line for the log: what was done, or that nothing had to be
     */
    public String run() throws MountException, InterruptedException {
        String before = "";
        Optional<String> found = mounted();
        if (found.isPresent() && !found.get().equals(TYPE)) {
            throw new MountException("a file system of type " + found.get() + " is mounted on " + mountPoint
                    + " already: unmount it, or give another folder with --mount-point");
        }
        if (found.isPresent()) {
            if (isAlive(mountPoint)) {
                return mountPoint + " is mounted and alive already";
            }
            int detached = Posix.detach(mountPoint);
            if (detached != 0) {
                throw new MountException("the dead mount on " + mountPoint + " could not be taken away (errno "
                        + detached + "): " + remedy(detached));
            }
            before = "; the dead one before it was taken away";
        }
        createMountPoint();
        try (Connection connection = host.connect(Ports.FILES)) {
            mount(connection);
            // The kernel has its own hold on the socket now. Closing the connection would shut it down for the kernel
            // too.
            connection.release().close();
        } catch (IOException e) {
            throw new MountException("the host's file server (" + host.describe(Ports.FILES) + ") cannot be reached: "
                    + e.getMessage() + "; see on the host whether the portal runs and knows this VM");
        }
        return "lent files appear in " + mountPoint + before;
    }

    private Optional<String> mounted() throws MountException {
        try {
            return MountTable.typeAt(table, mountPoint);
        } catch (IOException e) {
            throw new MountException("cannot read " + table + ": " + e.getMessage() + "; is /proc mounted?");
        }
    }

    /**
     * Asks the mounted file server for the attributes of its root. A mere look whether the path exists would be answered by the kernel
     * alone, dead server or not.
     */
    private static boolean isAlive(String path) throws InterruptedException {
        var alive = new AtomicBoolean();
        Thread look = Thread.ofPlatform().daemon().name("look").start(() -> {
            try {
                alive.set(Files.readAttributes(Path.of(path), BasicFileAttributes.class)
                        .isDirectory());
            } catch (IOException e) {
                AgentLog.info("the mount on " + path + " does not answer: " + e.getMessage());
            }
        });
        return look.join(LOOK) && alive.get();
    }

    private void createMountPoint() throws MountException {
        try {
            Files.createDirectories(Path.of(mountPoint));
        } catch (IOException e) {
            throw new MountException("cannot create the folder " + mountPoint + ": " + e
                    + "; run this as root, or give another folder with --mount-point");
        }
    }

    private void mount(Connection connection) throws MountException {
        var done = new CountDownLatch(1);
        Thread.ofPlatform().daemon().name("watchdog").start(() -> endUnless(done, connection));
        int fd = connection.descriptor().number();
        int errno = Posix.mount(
                "spectrum-portal",
                mountPoint,
                TYPE,
                Posix.MS_RDONLY | Posix.MS_NOSUID | Posix.MS_NODEV,
                options(fd, msize));
        done.countDown();
        if (errno != 0) {
            throw new MountException(
                    "cannot mount the host's files on " + mountPoint + " (errno " + errno + "): " + remedy(errno));
        }
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

    static String options(int fd, int msize) {
        return "trans=fd,rfdno=" + fd + ",wfdno=" + fd + ",version=9p2000.L,cache=none,access=any,msize=" + msize;
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
