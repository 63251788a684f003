// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.ArrayList;
import java.util.List;
import org.freedesktop.dbus.connections.transports.AbstractTransport;
import org.freedesktop.dbus.connections.transports.TransportBuilder;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.messages.Error;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MethodReturn;
import org.freedesktop.dbus.types.UInt32;

/** A client without our connection, so that a test sees messages in exactly the order in which they arrive. */
final class RawCalls implements AutoCloseable {
    private final AbstractTransport transport;

    private RawCalls(String address) throws Exception {
        transport = TransportBuilder.create(address).build();
        if (!transport.isConnected()) {
            transport.connect();
        }
        send("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", 0, "");
        nextReply();
    }

    static List<Object> withoutInterface(
            String address, String service, String path, String member, String signature, Object argument)
            throws Exception {
        try (var raw = new RawCalls(address)) {
            raw.transport.writeMessage(raw.transport
                    .getMessageFactory()
                    .createMethodCall(service, path, null, member, (byte) 0, signature, argument));
            return List.of(raw.nextReply().getParameters());
        }
    }

    /** Calls a method with one u argument and records the reply and the signals as they arrive. */
    static List<String> replyAndSignals(
            String address, String service, String path, String iface, String member, int argument, int signals)
            throws Exception {
        try (var raw = new RawCalls(address)) {
            raw.send(service, path, iface, member, 0, "u", new UInt32(argument));
            List<String> order = new ArrayList<>();
            while (order.size() < signals + 1) {
                switch (raw.next()) {
                    case MethodReturn reply -> order.add("reply " + reply.getParameters()[0]);
                    case DBusSignal signal
                    when signal.getInterface().equals(iface) -> order.add("signal " + signal.getParameters()[0]);
                    case Error error -> throw new AssertionError(error.getName());
                    default -> {}
                }
            }
            return order;
        }
    }

    /** Sends a call that wants no reply, then one that does, and records the replies. */
    static List<String> withoutReply(
            String address, String service, String path, String iface, String member, String argument)
            throws Exception {
        try (var raw = new RawCalls(address)) {
            raw.send(service, path, iface, member, 1, "s", argument);
            raw.send(service, path, iface, "None", 1, "s", argument);
            raw.send(service, path, iface, "Greet", 0, "s", "end");
            List<String> replies = new ArrayList<>();
            while (!replies.contains("reply Hello end")) {
                Message message = raw.next();
                if (message instanceof MethodReturn || message instanceof Error) {
                    Object[] parameters = message.getParameters();
                    replies.add("reply " + (parameters.length == 0 ? "" : parameters[0]));
                }
            }
            return replies;
        }
    }

    private void send(
            String destination, String path, String iface, String member, int flags, String signature, Object... args)
            throws Exception {
        transport.writeMessage(transport
                .getMessageFactory()
                .createMethodCall(destination, path, iface, member, (byte) flags, signature, args));
    }

    private Message nextReply() throws Exception {
        while (true) {
            Message message = next();
            if (message instanceof MethodReturn) {
                return message;
            }
            if (message instanceof Error error) {
                throw new AssertionError(error.getName());
            }
        }
    }

    private Message next() throws Exception {
        while (true) {
            Message message = transport.readMessage();
            if (message != null) {
                return message;
            }
        }
    }

    @Override
    public void close() throws Exception {
        transport.close();
    }
}
