// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which devices there are, and which are still settling; what has changed since the last look. One thread changes it. */
final class DeviceTable {
    /** More are not looked at: two buses full of them. */
    static final int MOST = 256;
    /** How long a device may take to settle before it is shown as it is. A disk that spins up takes a second or more. */
    static final Duration SETTLING = Duration.ofSeconds(5);

    private final SortedMap<String, Seen> shown = new TreeMap<>(Ports.ORDER);
    private final Map<String, Settling> settling = new HashMap<>();

    /**
     * @param deadline by {@link System#nanoTime}
     */
    private record Settling(int bus, int number, long deadline) {
        private boolean isOf(HostDevice device) {
            return bus == device.bus() && number == device.number();
        }
    }

    /** By port, as it is now. */
    List<Seen> all() {
        return List.copyOf(shown.values());
    }

    /**
     * Looks at all devices.
     *
     * @param now by {@link System#nanoTime}
     * @return what has changed, in the order in which it is to be told
     */
    List<HostDevices.Change> look(Survey survey, HostRoot root, long now) {
        SortedMap<String, Seen> found = new TreeMap<>(Ports.ORDER);
        List<Path> places = HostRoot.entries(root.sys("bus/usb/devices"), Ports::isPort).stream()
                .limit(MOST)
                .toList();
        for (Path entry : places) {
            Optional<Seen> before =
                    Optional.ofNullable(shown.get(entry.getFileName().toString()));
            survey.look(entry, before)
                    .filter(seen -> before.filter(seen::isSameAs).isPresent() || isToBeShown(seen, now))
                    .ifPresent(seen -> found.put(seen.port(), seen));
        }
        // Who has had its time and still cannot be made out waits for what is told of it next, and nobody waits for it.
        settling.entrySet()
                .removeIf(one -> found.containsKey(one.getKey())
                        || one.getValue().deadline() - now <= 0
                        || places.stream()
                                .noneMatch(
                                        entry -> entry.getFileName().toString().equals(one.getKey())));
        return replace(found);
    }

    private boolean isToBeShown(Seen seen, long now) {
        if (seen.settled()) {
            return true;
        }
        Settling since = settling.get(seen.port());
        if (since == null || !since.isOf(seen.device())) {
            since = new Settling(seen.device().bus(), seen.device().number(), now + SETTLING.toNanos());
            settling.put(seen.port(), since);
        }
        return since.deadline() - now <= 0;
    }

    /** Forgets all: nobody knows any more what becomes of them. */
    List<HostDevices.Change> forget() {
        settling.clear();
        return replace(new TreeMap<>(Ports.ORDER));
    }

    private List<HostDevices.Change> replace(SortedMap<String, Seen> found) {
        List<HostDevices.Change> changes = new ArrayList<>();
        shown.forEach((port, before) -> {
            Seen after = found.get(port);
            if (after == null || !before.isSameAs(after)) {
                changes.add(new HostDevices.Change.Unplugged(before.device()));
            }
        });
        found.forEach((port, after) -> {
            Seen before = shown.get(port);
            if (before == null || !before.isSameAs(after)) {
                changes.add(new HostDevices.Change.Plugged(after.device()));
            } else if (!before.device().equals(after.device())) {
                changes.add(new HostDevices.Change.Changed(after.device()));
            }
        });
        shown.clear();
        shown.putAll(found);
        return changes;
    }

    /** How long the next that settles may still take; negative if none does. */
    Duration patience(long now) {
        return settling.values().stream()
                .map(one -> Duration.ofNanos(Math.max(0, one.deadline() - now)))
                .min(Duration::compareTo)
                .orElse(Duration.ofSeconds(-1));
    }
}
