// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.freedesktop.dbus.FileDescriptor;
import org.newsclub.net.unix.FileDescriptorCast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file descriptors that came with one message. Whatever nobody takes is closed. Thread-safe. */
public final class ReceivedDescriptors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReceivedDescriptors.class);
    private final Set<Integer> owned = new HashSet<>();

    ReceivedDescriptors(List<FileDescriptor> received) {
        received.forEach(descriptor -> owned.add(descriptor.getIntFileDescriptor()));
    }

    public static ReceivedDescriptors none() {
        return new ReceivedDescriptors(List.of());
    }

    /**
     * Takes a descriptor out; from now on the taker closes it.
     *
     * @throws IllegalStateException when it is not (or no longer) among those received
     */
    public synchronized int take(FileDescriptor descriptor) {
        if (!owned.remove(descriptor.getIntFileDescriptor())) {
            throw new IllegalStateException(
                    "descriptor " + descriptor.getIntFileDescriptor() + " was not received, or has been taken already");
        }
        return descriptor.getIntFileDescriptor();
    }

    @Override
    public synchronized void close() {
        for (int number : owned) {
            try {
                new FileInputStream(FileDescriptorCast.unsafeUsing(number).getFileDescriptor()).close();
            } catch (IOException e) {
                LOG.error("Descriptor {}, received from the bus and not needed, cannot be closed", number, e);
            }
        }
        owned.clear();
    }
}
