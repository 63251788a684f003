// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.agent.request.LentFolder;
import org.spectrum_os.portal.agent.request.RequestBook;
import org.spectrum_os.portal.agent.usb.GuestNodes;
import org.spectrum_os.portal.agent.usb.HostUsb;
import org.spectrum_os.portal.agent.usb.UsbEvents;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.chooser.Chooser;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.ExportedInterface;
import org.spectrum_os.portal.dbus.ExportedObject;
import org.spectrum_os.portal.dbus.NameFlag;

/** One of the two ways in which the agent appears on the bus, from its start to its end. */
public enum Face {
    /** What applications call. */
    FRONTEND(BackendFace.FRONTEND_NAME) {
        @Override
        ExportedInterface fileChooser(BusConnection bus, Chooser chooser) {
            return new FrontendFileChooser(bus, chooser);
        }

        @Override
        UsbFace usb(BusConnection bus, Function<UsbEvents, HostUsb> link, GuestNodes nodes) {
            return new FrontendUsb(bus, new UsbClients(bus, link, nodes));
        }
    },
    /** What the portal in this guest calls. */
    BACKEND(BackendFace.BUS_NAME) {
        @Override
        ExportedInterface fileChooser(BusConnection bus, Chooser chooser) {
            return new BackendFace(bus, chooser);
        }

        @Override
        UsbFace usb(BusConnection bus, Function<UsbEvents, HostUsb> link, GuestNodes nodes) {
            return new BackendUsb(bus, nodes);
        }
    };

    private final String busName;

    Face(String busName) {
        this.busName = busName;
    }

    abstract ExportedInterface fileChooser(BusConnection bus, Chooser chooser);

    abstract UsbFace usb(BusConnection bus, Function<UsbEvents, HostUsb> link, GuestNodes nodes);

    /** Why the face has ended. */
    public enum End {
        /** Another program took the name, as it may. */
        REPLACED,
        /** Nothing was open for as long as was agreed. */
        IDLE,
        /** The bus went away. */
        NO_BUS
    }

    /**
     * Serves until one of the ends comes.
     *
     * @param usb      makes a conversation about USB devices that has not begun, whose events it is given
     * @param idleExit leave after so long without an open request, and without anybody who uses USB devices; zero stays
     * @param replace  whether to take the name from another owner
     * @throws BusException if the name cannot be had
     */
    public End serve(
            BusConnection bus,
            RequestBook book,
            LentFolder folder,
            Function<UsbEvents, HostUsb> usb,
            GuestNodes nodes,
            Duration idleExit,
            boolean replace)
            throws BusException, InterruptedException {
        var end = new CompletableFuture<End>();
        CompletableFuture<Void> watch = bus.disconnected().handle((nothing, cause) -> {
            end.complete(End.NO_BUS);
            return null;
        });
        ExportedInterface fileChooser = fileChooser(bus, new BookChooser(book, folder));
        try (var devices = usb(bus, usb, nodes);
                var desktop = bus.export(BackendFace.PATH, ExportedObject.of(fileChooser, devices))) {
            while (true) {
                try (var lost = bus.onNameLost(busName, () -> end.complete(End.REPLACED))) {
                    bus.requestName(busName, flags(replace));
                    AgentLog.info("serving " + busName);
                    if (!awaitIdle(() -> idle(book, devices), idleExit, end)) {
                        return end.join();
                    }
                }
                // From here on calls make the bus start another agent; those that came before are still ours to answer.
                bus.releaseName(busName);
                Thread.ofVirtual().start(() -> {}).join();
                if (book.size() == 0 && !devices.isInUse()) {
                    return End.IDLE;
                }
            }
        } finally {
            watch.cancel(false);
        }
    }

    private static Duration idle(RequestBook book, UsbFace devices) {
        Duration requests = book.idle();
        Duration usb = devices.idle();
        return requests.compareTo(usb) < 0 ? requests : usb;
    }

    /** True when the time to leave has come; false when the end came first. */
    private static boolean awaitIdle(Supplier<Duration> idle, Duration idleExit, CompletableFuture<End> end)
            throws InterruptedException {
        while (true) {
            Duration left = idleExit.minus(idle.get());
            if (!idleExit.isZero() && !left.isPositive()) {
                return true;
            }
            try {
                if (idleExit.isZero()) {
                    end.get();
                } else {
                    end.get(left.toMillis() + 1, TimeUnit.MILLISECONDS);
                }
                return false;
            } catch (TimeoutException e) {
                // Look again: a request may have come and gone.
            } catch (ExecutionException e) {
                throw new IllegalStateException("an end never fails", e);
            }
        }
    }

    private static Set<NameFlag> flags(boolean replace) {
        var flags = EnumSet.of(NameFlag.ALLOW_REPLACEMENT, NameFlag.DO_NOT_QUEUE);
        if (replace) {
            flags.add(NameFlag.REPLACE_EXISTING);
        }
        return flags;
    }
}
