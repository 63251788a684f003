// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** The USB devices of this computer. Thread-safe. */
public interface HostDevices extends AutoCloseable {
    /** Those that are there now, root hubs left out, by port. Does not touch the disk. */
    List<HostDevice> now();

    /**
     * Hears of every change, on one thread, in order, after {@link #now} shows it; must be quick. Who listens hears nothing of what is there
     * already.
     */
    void listen(Consumer<Change> listener);

    /** What has become of one port. */
    sealed interface Change {
        /** Which port, {@code 1-2.3}. */
        String port();

        /** A device is there that was not; it has settled: its drivers and its disk, if it is one, are known. */
        record Plugged(HostDevice device) implements Change {
            @Override
            public String port() {
                return device.identity().port();
            }
        }

        /** It is gone, or the one that is there now is another (then {@link Plugged} follows). */
        record Unplugged(HostDevice device) implements Change {
            @Override
            public String port() {
                return device.identity().port();
            }
        }

        /** The same device is doing something else: a driver came or went, a file system was mounted. */
        record Changed(HostDevice device) implements Change {
            @Override
            public String port() {
                return device.identity().port();
            }
        }
    }

    /**
     * Opens a device's node for both, to lend the device: looks anew whether this computer can do without it, and on the very descriptor whether
     * it is the device that is meant.
     *
     * @throws DeviceGoneException if it is not there any more, or is another
     * @throws IOException         if it cannot be opened, is refused or mounted now, or a program has it; the message says what to do
     */
    DeviceNode open(HostDevice device) throws IOException;

    /**
     * Opens the HID side of a security key likewise.
     *
     * @throws DeviceGoneException if it is not there any more, or is another
     * @throws IOException         if it has none, or it cannot be opened
     */
    DeviceNode openSecurityKey(HostDevice device) throws IOException;

    /**
     * Unmounts every file system on it, and waits until that is done.
     *
     * @throws IOException if one cannot be unmounted, as a program uses it; the message names it
     */
    void unmount(HostDevice device) throws IOException;

    /**
     * Gives a device back to the host: every interface that nobody claims gets its kernel driver again.
     *
     * @throws IOException if a driver did not come back; a device that has gone is no error
     */
    void restoreDrivers(HostDevice device) throws IOException;

    @Override
    void close();
}
