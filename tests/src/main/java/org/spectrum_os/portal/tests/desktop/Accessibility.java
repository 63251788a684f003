// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Predicate;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;

/**
 * What a screen reader sees of a desktop, over AT-SPI. Interface and member names are those of the {@code at-spi2-core} project's
 * XML files.
 */
public final class Accessibility implements AutoCloseable {
    private static final int MOST_NODES = 5000;

    private final BusConnection bus;

    private Accessibility(BusConnection bus) {
        this.bus = bus;
    }

    static Accessibility connect(String address) throws BusException {
        return new Accessibility(BusConnection.connect(address));
    }

    /** The desktop itself; its children are the applications. */
    public Accessible root() {
        return new Accessible(bus, "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root");
    }

    /** The first node that fits, level by level; nodes that vanish during the search are passed over. */
    public Optional<Accessible> find(Predicate<Accessible> fits) throws DesktopException {
        return find(root(), fits);
    }

    /** The first node below {@code top} that fits, or {@code top} itself. */
    public Optional<Accessible> find(Accessible top, Predicate<Accessible> fits) throws DesktopException {
        Deque<Accessible> open = new ArrayDeque<>();
        open.add(top);
        for (int seen = 0; !open.isEmpty(); seen++) {
            if (seen == MOST_NODES) {
                throw new DesktopException("the accessibility tree has more than " + MOST_NODES + " nodes");
            }
            Accessible next = open.removeFirst();
            if (fits.test(next)) {
                return Optional.of(next);
            }
            open.addAll(next.children());
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        bus.close();
    }
}
