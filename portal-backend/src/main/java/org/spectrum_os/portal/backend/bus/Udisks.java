// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntPredicate;
import org.spectrum_os.portal.backend.usb.device.Unmounter;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.CallFailedException;

/**
 * Unmounts by UDisks, which does it for a user who mounted the file system, or asks whoever may allow it. A connection to the system bus is
 * made for each: it is needed seldom. Thread-safe.
 */
public final class Udisks implements Unmounter {
    private static final String NAME = "org.freedesktop.UDisks2";
    private static final String BLOCKS = "/org/freedesktop/UDisks2/block_devices/";
    private static final String FILE_SYSTEM = "org.freedesktop.UDisks2.Filesystem";
    private static final String BUSY = "org.freedesktop.UDisks2.Error.DeviceBusy";
    private static final String NOT_MOUNTED = "org.freedesktop.UDisks2.Error.NotMounted";
    /** All that was written must reach a slow disk before, and the user may have to type a password. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final Bus bus;

    /** How the system bus is reached. */
    @FunctionalInterface
    public interface Bus {
        BusConnection connect() throws BusException;
    }

    /** By the bus that is given. */
    public Udisks(Bus bus) {
        this.bus = bus;
    }

    @Override
    public void unmount(String block) throws IOException {
        try (BusConnection connection = bus.connect()) {
            unmount(connection, block);
        } catch (BusException e) {
            throw new IOException(
                    "/dev/" + block + " cannot be unmounted, as the system bus cannot be reached (" + e.getMessage()
                            + "); unmount it by hand",
                    e);
        }
    }

    private static void unmount(BusConnection connection, String block) throws IOException {
        CompletableFuture<?> reply =
                connection.callAsync(LONGEST, NAME, path(block), FILE_SYSTEM, "Unmount", "a{sv}", Map.of());
        try {
            reply.get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof CallFailedException failed)) {
                throw new IOException("/dev/" + block + " was not unmounted: " + e.getCause(), e);
            }
            switch (failed.name()) {
                case NOT_MOUNTED -> {
                    // Somebody was quicker.
                }
                case BUSY ->
                    throw new IOException(
                            "/dev/" + block
                                    + " is not unmounted, as a program uses a file there: close it, then try again",
                            e);
                default ->
                    throw new IOException(
                            "/dev/" + block + " is not unmounted: " + failed.getMessage() + "; unmount it by hand", e);
            }
        } catch (InterruptedException e) {
            reply.cancel(false);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while /dev/" + block + " was being unmounted", e);
        }
    }

    /** In names, UDisks writes all but letters and digits as an underscore and two hexadecimal digits. */
    private static String path(String block) {
        IntPredicate plain = c -> c < 128 && Character.isLetterOrDigit(c);
        StringBuilder path = new StringBuilder(BLOCKS);
        block.chars()
                .forEach(c -> path.append(plain.test(c) ? Character.toString(c) : String.format("_%02x", c & 0xff)));
        return path.toString();
    }
}
