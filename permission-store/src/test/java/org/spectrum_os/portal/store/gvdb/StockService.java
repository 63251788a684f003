// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** Debian's own permission store on a bus of its own, for as long as this object is open. Not thread-safe. */
public final class StockService implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/libexec/xdg-permission-store");
    private static final String NAME = "org.freedesktop.impl.portal.PermissionStore";
    private static final String OBJECT = "/org/freedesktop/impl/portal/PermissionStore";
    private static final String BUS = "org.freedesktop.DBus";
    /** Calls in flight: enough for shared write-outs, few enough for the bus's bound on waiting replies. */
    private static final int IN_FLIGHT = 100;

    private final Path data;
    private final PrivateBus bus;
    private final Process process;
    private final BusClient client;
    private final Set<Integer> unanswered = new HashSet<>();

    /** Starts it with {@code data} as its XDG_DATA_HOME, and waits until it has its name. */
    public StockService(Path data) throws Exception {
        assertTrue(
                Files.isExecutable(PROGRAM),
                PROGRAM + " is missing: install the Debian package xdg-desktop-portal, or run bin/test, which does");
        this.data = data;
        bus = PrivateBus.start();
        client = new BusClient(bus.address());
        var match = new MarshalWriter();
        match.writeString("type='signal',sender='" + BUS + "',member='NameOwnerChanged',arg0='" + NAME + "'");
        assertEquals(2, client.receive(busCall("AddMatch", match)).type());
        ProcessBuilder command = bus.command(PROGRAM.toString()).inheritIO();
        command.environment().put("XDG_DATA_HOME", data.toString());
        process = command.start();
        BusClient.Message taken;
        do {
            taken = client.receive();
        } while (taken.type() != 4 || !taken.body().readString().equals(NAME));
    }

    private int busCall(String member, MarshalWriter body) throws IOException, MarshalException {
        return client.send(BUS, "/org/freedesktop/DBus", BUS, member, "s", body);
    }

    /** The file of a table. */
    public Path file(String table) {
        return data.resolve("flatpak/db").resolve(table);
    }

    /** Sends a Set, which creates the entry; {@link #await} tells that it is on disk. */
    public void set(String table, StockEntry entry) throws Exception {
        var body = new MarshalWriter();
        body.writeString(table);
        body.writeBoolean(true);
        body.writeString(entry.id());
        int array = body.beginArray("{sas}");
        for (Map.Entry<String, List<String>> app : entry.permissions().entrySet()) {
            body.beginStruct();
            body.writeString(app.getKey());
            body.writeStrings(app.getValue());
        }
        body.endArray(array);
        body.writeVariant(entry.data());
        unanswered.add(client.send(NAME, OBJECT, NAME, "Set", "sbsa{sas}v", body));
        if (unanswered.size() == IN_FLIGHT) {
            await();
        }
    }

    /** Waits until everything is on disk. */
    public void await() throws Exception {
        while (!unanswered.isEmpty()) {
            BusClient.Message message = client.receive();
            if (unanswered.remove(message.replySerial())) {
                assertNull(message.errorName(), () -> "the stock service refused");
            }
        }
    }

    /** What Lookup says. */
    public StockEntry lookup(String table, String id) throws Exception {
        var body = new MarshalWriter();
        body.writeString(table);
        body.writeString(id);
        BusClient.Message message = client.receive(client.send(NAME, OBJECT, NAME, "Lookup", "ss", body));
        assertNull(message.errorName(), () -> "Lookup of " + id);
        MarshalReader in = message.body();
        SortedMap<String, List<String>> permissions = new TreeMap<>();
        for (int end = in.beginArray("{sas}"); in.hasNext(end); ) {
            in.beginStruct();
            permissions.put(in.readString(), in.readStrings());
        }
        return new StockEntry(id, in.readVariant(), permissions);
    }

    /** What List says. */
    public List<String> list(String table) throws Exception {
        var body = new MarshalWriter();
        body.writeString(table);
        BusClient.Message message = client.receive(client.send(NAME, OBJECT, NAME, "List", "s", body));
        assertNull(message.errorName());
        return message.body().readStrings();
    }

    /** An entry with one application, for tests to which permissions do not matter. */
    public static StockEntry entry(String id, MarshalledValue data) {
        return new StockEntry(id, data, new TreeMap<>(Map.of("org.example.App", List.of("yes"))));
    }

    @Override
    public void close() throws Exception {
        client.close();
        process.destroyForcibly().waitFor();
        bus.close();
    }
}
