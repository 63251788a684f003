// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.Values;
import org.spectrum_os.portal.dbus.iface.Management1;

/** The running backend, as the command line sees it. */
public final class ManagementClient implements AutoCloseable {
    private final BusConnection bus;

    private ManagementClient(BusConnection bus) {
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
            return bus.call(Management.BUS_NAME, Management.PATH, Management1.NAME, member, signature, arguments);
        } catch (CallFailedException e) {
            throw new UnavailableException(
                    e.name().equals(ErrorNames.SERVICE_UNKNOWN) || e.name().equals(ErrorNames.NAME_HAS_NO_OWNER)
                            ? "the backend is not running on this session bus; start it with: spectrum-portal run"
                            : e.text(),
                    e);
        } catch (BusException e) {
            throw new UnavailableException("the backend did not answer: " + e.getMessage(), e);
        }
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
        return value instanceof Number number ? (Object) number.longValue() : value;
    }

    @Override
    public void close() {
        bus.close();
    }
}
