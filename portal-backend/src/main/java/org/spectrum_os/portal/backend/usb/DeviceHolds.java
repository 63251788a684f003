// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.spectrum_os.portal.backend.usb.device.HostDevice;

/**
 * Which device is whose, across all instances: from before it is attached until it is known to be out again. One has it alone, or all that have
 * it share it. Thread-safe; never waits.
 */
final class DeviceHolds {
    private final Map<String, List<Hold>> byPort = new HashMap<>();

    /** The right to a port's device; given back by {@link #close}. */
    final class Hold implements AutoCloseable {
        final String instance;
        final boolean shared;
        private final String port;

        private Hold(String instance, String port, boolean shared) {
            this.instance = instance;
            this.port = port;
            this.shared = shared;
        }

        @Override
        public void close() {
            synchronized (DeviceHolds.this) {
                List<Hold> holds = byPort.get(port);
                if (holds != null && holds.remove(this) && holds.isEmpty()) {
                    byPort.remove(port);
                }
            }
        }
    }

    /** Takes a device; empty if it is taken already, by this instance or so that it cannot be shared. */
    synchronized Optional<Hold> take(String instance, HostDevice device, boolean shared) {
        List<Hold> holds = byPort.computeIfAbsent(device.identity().port(), _ -> new ArrayList<>());
        if (holds.stream().anyMatch(hold -> !shared || !hold.shared || hold.instance.equals(instance))) {
            return Optional.empty();
        }
        var hold = new Hold(instance, device.identity().port(), shared);
        holds.add(hold);
        return Optional.of(hold);
    }

    synchronized List<Hold> of(HostDevice device) {
        return List.copyOf(byPort.getOrDefault(device.identity().port(), List.of()));
    }

    synchronized boolean isEmpty() {
        return byPort.isEmpty();
    }
}
