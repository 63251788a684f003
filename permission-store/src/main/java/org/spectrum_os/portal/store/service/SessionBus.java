// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.ErrorNames;

/** What the service and the commands ask the session bus. */
final class SessionBus {
    private static final String BUS = "org.freedesktop.DBus";
    private static final String BUS_PATH = "/org/freedesktop/DBus";

    private SessionBus() {}

    static BusConnection connect() throws StopException {
        try {
            return BusConnection.session();
        } catch (BusException e) {
            throw new StopException(
                    "the session bus cannot be reached: " + e.getMessage() + ". Start this in a user's login session",
                    e);
        }
    }

    /** The process that owns the store's name; empty if nobody does, or the bus does not know. */
    static OptionalLong owner(BusConnection bus) {
        try {
            Object pid = bus.call(BUS, BUS_PATH, BUS, "GetConnectionUnixProcessID", "s", PermissionStoreFace.NAME)
                    .getFirst();
            return OptionalLong.of(((Number) pid).longValue());
        } catch (BusException e) {
            return OptionalLong.empty();
        }
    }

    /** Such as {@code process 1234 (xdg-permission-)}. */
    static String ownerInWords(BusConnection bus) {
        OptionalLong pid = owner(bus);
        if (pid.isEmpty()) {
            return "a program that the bus does not name";
        }
        return "process " + pid.getAsLong() + " (" + command(pid.getAsLong()) + ")";
    }

    /**
     * Connects to the bus whose permission store has a store open.
     *
     * @param locked what opening it said
     */
    static BusConnection connectToHolder(Path folder, String locked) throws StopException {
        BusConnection bus = connect();
        OptionalLong owner = owner(bus);
        OptionalLong holder = holder(folder);
        if (owner.isPresent() && (holder.isEmpty() || holder.equals(owner))) {
            return bus;
        }
        String words = owner.isEmpty()
                ? "no permission store is running on this session bus"
                : "the permission store on this session bus is " + ownerInWords(bus);
        bus.close();
        throw new StopException(locked + "; " + words);
    }

    /** The process that says it has the store open. */
    private static OptionalLong holder(Path folder) {
        try {
            return OptionalLong.of(
                    Long.parseLong(Files.readString(folder.resolve("lock")).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** What to say when a command's call failed. */
    static StopException failed(String what, BusException e) {
        String advice = switch (e instanceof CallFailedException call ? call.name() : "") {
            case ErrorNames.SERVICE_UNKNOWN, ErrorNames.NAME_HAS_NO_OWNER ->
                ": no permission store is running on this session bus; start spectrum-permission-store";
            case ErrorNames.UNKNOWN_METHOD, ErrorNames.UNKNOWN_INTERFACE ->
                ": the permission store that is running is another one; start spectrum-permission-store --replace";
            default -> ": " + e.getMessage();
        };
        return new StopException(what + advice, e);
    }

    private static String command(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "comm"))
                    .strip();
        } catch (IOException e) {
            return "already gone";
        }
    }
}
