// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spectrum_os.portal.dbus.marshal.MarshalException;

/** Hands calls to ordered interfaces, and counts those that wait for their answer. Thread-safe. */
final class OrderedCalls {
    /** A stock client may well send ten thousand calls before it reads the first answer. */
    static final int MAX_CALLS = 65_536;

    /** Of one caller: the largest message there is. */
    static final long MAX_BYTES = 128L << 20;

    private static final long MAX_BYTES_OF_ALL = 2 * MAX_BYTES;

    /** What a waiting call costs besides its bytes, so that empty ones count too. */
    private static final int OVERHEAD = 512;

    private static final Logger LOG = LoggerFactory.getLogger(OrderedCalls.class);

    private static final class Load {
        private int calls;
        private long bytes;
    }

    private final Predicate<byte[]> transport;
    private final Map<String, Load> waiting = new HashMap<>();
    private long bytesOfAll;

    /** @param transport sends a message; false when the connection has ended */
    OrderedCalls(Predicate<byte[]> transport) {
        this.transport = transport;
    }

    /** On the reading thread. */
    void accept(OrderedMethod method, Incoming message, String sender) {
        if (!message.signature().equals(method.inSignature())) {
            refuse(
                    message,
                    sender,
                    ErrorNames.INVALID_ARGS,
                    CallDispatcher.wrongSignature(method.member(), method.inSignature(), message.signature()));
            return;
        }
        if (!enter(sender, message)) {
            refuse(
                    message,
                    sender,
                    ErrorNames.LIMITS_EXCEEDED,
                    "Too many calls in progress; wait for some to be answered");
            return;
        }
        var call = new OrderedCall(message, sender, method, this);
        try {
            method.target().accept(call);
        } catch (RuntimeException | Error e) {
            LOG.error("The handler of {} failed", method.member(), e);
            if (!call.isAnswered()) {
                call.error(ErrorNames.FAILED, CallDispatcher.INTERNAL_ERROR);
            }
        }
    }

    private static long cost(Incoming message) {
        return OVERHEAD + message.size();
    }

    private synchronized boolean enter(String sender, Incoming message) {
        Load load = waiting.computeIfAbsent(sender, name -> new Load());
        long bytes = cost(message);
        // The first call of a caller always fits its own bound: a message of the greatest size is one that we accept.
        boolean fits = (load.calls == 0 || (load.calls < MAX_CALLS && load.bytes + bytes <= MAX_BYTES))
                && bytesOfAll + bytes <= MAX_BYTES_OF_ALL;
        if (fits) {
            load.calls++;
            load.bytes += bytes;
            bytesOfAll += bytes;
        } else if (load.calls == 0) {
            waiting.remove(sender);
        }
        return fits;
    }

    synchronized void leave(String sender, Incoming message) {
        Load load = waiting.get(sender);
        if (load == null) {
            throw new IllegalStateException("more calls of " + sender + " were answered than came");
        }
        load.calls--;
        load.bytes -= cost(message);
        bytesOfAll -= cost(message);
        if (load.calls == 0) {
            waiting.remove(sender);
        }
    }

    void refuse(Incoming message, String sender, String name, String text) {
        if (message.replyWanted()) {
            try {
                send(RawMessage.error(message.serial(), sender, name, text));
            } catch (MarshalException e) {
                LOG.error("The error {} cannot be sent", name, e);
            }
        }
    }

    void send(byte[] message) {
        if (!transport.test(message)) {
            LOG.debug("An answer could not be written: the bus is gone");
        }
    }
}
