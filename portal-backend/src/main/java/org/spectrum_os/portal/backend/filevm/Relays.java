// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.filevm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Relay;

/** The guests' connections that are relayed, or about to be. Thread-safe. */
final class Relays {
    /** As many as the file server serves. */
    private static final int MOST_PER_INSTANCE = 8;

    private final List<Place> places = new ArrayList<>();

    /** One connection. What changes is guarded by the {@link Relays}. */
    static final class Place {
        private final String instance;
        private final String vm;
        private final Connection guest;
        private @Nullable Relay relay;
        private boolean cut;

        private Place(String instance, String vm, Connection guest) {
            this.instance = instance;
            this.vm = vm;
            this.guest = guest;
        }
    }

    /**
     * Takes a place for a connection that is to be relayed.
     *
     * @throws IOException if the instance has all that it may
     */
    synchronized Place begin(String instance, String vm, Connection guest) throws IOException {
        if (places.stream().filter(place -> place.instance.equals(instance)).count() >= MOST_PER_INSTANCE) {
            throw new IOException(instance + " has " + MOST_PER_INSTANCE + " connections, which is all it may have");
        }
        var place = new Place(instance, vm, guest);
        places.add(place);
        return place;
    }

    /** It is connected now; false if it was cut meanwhile. */
    synchronized boolean connected(Place place, Relay relay) {
        place.relay = relay;
        return !place.cut;
    }

    /** It is over; says whether the instance had a mount and has none now. */
    synchronized boolean end(Place place) {
        places.remove(place);
        return place.relay != null && !has(place.instance);
    }

    synchronized boolean has(String instance) {
        return places.stream().anyMatch(place -> place.relay != null && place.instance.equals(instance));
    }

    /** Ends an instance's connections, whichever VM serves them. */
    void cut(String instance) {
        cut(place -> place.instance.equals(instance)).forEach(place -> {
            if (place.relay != null) {
                place.relay.close();
            } else {
                place.guest.close();
            }
        });
    }

    /** Nothing comes from a VM any more; the guests are told. */
    void cutVm(String vm) {
        cut(place -> place.vm.equals(vm)).forEach(place -> {
            if (place.relay != null) {
                place.relay.endServing();
            }
        });
    }

    private synchronized List<Place> cut(Predicate<Place> which) {
        List<Place> cut = places.stream().filter(which).toList();
        cut.forEach(place -> place.cut = true);
        return cut;
    }
}
