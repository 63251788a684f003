// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.Values;
import org.spectrum_os.portal.dbus.iface.Management1;

/** The running backend, as the command line sees it. */
public final class ManagementClient implements AutoCloseable {
    /** A VM's monitor may take its time to let go of a device. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final BusConnection bus;

    ManagementClient(BusConnection bus) {
        this.bus = bus;
    }

    /** The backend cannot be asked, or refused; the message says why and what to do. */
    public static final class UnavailableException extends Exception {
        UnavailableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Connects to the session bus. */
    public static ManagementClient connect() throws UnavailableException {
        try {
            return new ManagementClient(BusConnection.session());
        } catch (BusException e) {
            throw new UnavailableException(
                    "cannot reach the session bus: " + e.getMessage()
                            + "; run this in the user's own login session, or set DBUS_SESSION_BUS_ADDRESS",
                    e);
        }
    }

    /** Every instance, its fields by name, in a stable order. */
    public List<Map<String, Object>> instances() throws UnavailableException {
        return rows(call(Management1.ListInstances.MEMBER, Management1.ListInstances.SIGNATURE));
    }

    /** Every lease in force, oldest first. */
    public List<Map<String, Object>> leases() throws UnavailableException {
        return rows(call(Management1.ListLeases.MEMBER, Management1.ListLeases.SIGNATURE));
    }

    /** Ends a lease; when this returns the guest cannot reach what was lent. */
    public void revoke(String lease) throws UnavailableException {
        List<Object> nothing = call(Management1.Revoke.MEMBER, Management1.Revoke.SIGNATURE, lease);
        assert nothing.isEmpty();
    }

    /** Lets an instance that the user has blocked ask again. */
    public void unblock(String instance) throws UnavailableException {
        List<Object> nothing = call(Management1.Unblock.MEMBER, Management1.Unblock.SIGNATURE, instance);
        assert nothing.isEmpty();
    }

    /** Every USB device of the host but root hubs, by port. */
    public List<Map<String, Object>> usbDevices() throws UnavailableException {
        return rows(call(Management1.UsbDevices.MEMBER, Management1.UsbDevices.SIGNATURE));
    }

    /**
     * Attaches a device to an instance's VM; when this returns the VM has it.
     *
     * @param device  port, or numbers with or without a serial number
     * @param seconds how long; 0 for as long as the rule says
     * @param unmount whether its file systems are to be unmounted first
     * @return the lease's name
     */
    public String usbAttach(String instance, String device, long seconds, boolean unmount) throws UnavailableException {
        return Values.string(
                call(Management1.UsbAttach.MEMBER, Management1.UsbAttach.SIGNATURE, instance, device, seconds, unmount)
                        .getFirst());
    }

    /**
     * Takes a device back; when this returns the host has it again.
     *
     * @param device as for {@link #usbAttach}, or the name of its lease
     * @return the leases that have ended
     */
    public List<String> usbDetach(String device) throws UnavailableException {
        return Values.list(call(Management1.UsbDetach.MEMBER, Management1.UsbDetach.SIGNATURE, device)
                        .getFirst())
                .stream()
                .map(Values::string)
                .toList();
    }

    /**
     * Has the policy read again.
     *
     * @return its problems, if it has any: then nothing has changed
     */
    public Reloaded reloadPolicy() throws UnavailableException {
        List<Object> reply = call(Management1.ReloadPolicy.MEMBER, Management1.ReloadPolicy.SIGNATURE);
        return new Reloaded(((Number) reply.getFirst()).longValue(), rows(reply.subList(1, 2)));
    }

    /**
     * What came of it.
     *
     * @param instances how many the new policy names
     * @param problems  each with its {@code line}, {@code column} and {@code message}; empty if it is in force
     */
    public record Reloaded(long instances, List<Map<String, Object>> problems) {}

    private List<Object> call(String member, String signature, Object... arguments) throws UnavailableException {
        try {
            return bus.callAsync(
                            PATIENCE,
                            Management.BUS_NAME,
                            Management.PATH,
                            Management1.NAME,
                            member,
                            signature,
                            arguments)
                    .get();
        } catch (ExecutionException e) {
            throw refused(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted while the backend was asked", e);
        }
    }

    private static UnavailableException refused(Throwable cause) {
        if (cause instanceof CallFailedException failed) {
            return new UnavailableException(
                    failed.name().equals(ErrorNames.SERVICE_UNKNOWN)
                                    || failed.name().equals(ErrorNames.NAME_HAS_NO_OWNER)
                            ? "the backend is not running on this session bus; start it with: spectrum-portal run"
                            : failed.text(),
                    failed);
        }
        return new UnavailableException("the backend did not answer: " + cause.getMessage(), cause);
    }

    private static List<Map<String, Object>> rows(List<Object> reply) {
        var rows = new ArrayList<Map<String, Object>>();
        for (Object row : Values.list(reply.getFirst())) {
            var fields = new LinkedHashMap<String, Object>();
            Map<String, Variant<?>> dictionary = Values.dictionary(row);
            dictionary.forEach((key, value) -> fields.put(key, plain(value.getValue())));
            rows.add(fields);
        }
        return rows;
    }

    private static Object plain(Object value) {
        return switch (value) {
            case Number number -> number.longValue();
            case Variant<?> variant -> plain(variant.getValue());
            case List<?> list -> list.stream().map(ManagementClient::plain).toList();
            case Map<?, ?> map -> {
                var fields = new LinkedHashMap<String, Object>();
                map.forEach((key, inner) -> fields.put(String.valueOf(key), plain(inner)));
                yield fields;
            }
            default -> value;
        };
    }

    @Override
    public void close() {
        bus.close();
    }
}
