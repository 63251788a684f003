// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;

/**
 * A call to an {@link OrderedInterface}, to be answered once. Thread-safe, but its readers are not.
 *
 * <p>What one thread sends leaves in the order in which it was sent. A platform thread that finds the connection idle writes to the socket
 * itself, which saves it from waiting for another thread; such a thread must not be interrupted meanwhile, or the connection ends (as
 * with every interruptible channel). Virtual threads, and threads that are interrupted already, leave it to the writing thread.
 */
public final class OrderedCall {
    private static final Logger LOG = LoggerFactory.getLogger(OrderedCall.class);

    private final Incoming message;
    private final String sender;
    private final OrderedMethod method;
    private final OrderedCalls calls;
    private final AtomicBoolean answered = new AtomicBoolean();

    OrderedCall(Incoming message, String sender, OrderedMethod method, OrderedCalls calls) {
        this.message = message;
        this.sender = sender;
        this.method = method;
        this.calls = calls;
    }

    /** The unique name of the calling connection, as the bus tells it. */
    public String sender() {
        return sender;
    }

    public String member() {
        return method.member();
    }

    /** Bytes of the message's body. */
    public int size() {
        return message.body().length;
    }

    /**
     * A reader over the message's body. The body's types are those of the method, as far as the message's header says; that its bytes
     * are such values shows when they are read, and it is for the caller to answer a {@link MarshalException} with InvalidArgs.
     */
    public MarshalReader reader() {
        return new MarshalReader(message.body(), message.order());
    }

    /**
     * Sends the reply. Does nothing when the caller wants none. May wait while the bus does not take what has been sent before.
     *
     * @param body values of the method's out signature; anything else is logged and answered with Failed, as is a body above 65 MiB
     */
    public void reply(MarshalWriter body) {
        if (!answering()) {
            return;
        }
        try {
            if (message.replyWanted()) {
                calls.send(RawMessage.reply(message.serial(), sender, method.outSignature(), body));
            }
        } catch (MarshalException | IllegalArgumentException e) {
            LOG.error("The reply to {} is no '{}' that can be sent", method.member(), method.outSignature(), e);
            calls.refuse(message, sender, ErrorNames.FAILED, CallDispatcher.INTERNAL_ERROR);
        } finally {
            calls.leave(sender, message);
        }
    }

    /**
     * Answers with an error. Does nothing when the caller wants no reply.
     *
     * @param name one of {@link ErrorNames}, or another valid error name
     * @param text what happened, to what; it must hold nothing the caller may not know
     */
    public void error(String name, String text) {
        Names.requireInterface(name);
        if (!answering()) {
            return;
        }
        try {
            calls.refuse(message, sender, name, text);
        } finally {
            calls.leave(sender, message);
        }
    }

    boolean isAnswered() {
        return answered.get();
    }

    private boolean answering() {
        if (answered.compareAndSet(false, true)) {
            return true;
        }
        LOG.error("{} of {} was answered twice; the second answer was dropped", method.member(), sender);
        return false;
    }
}
