// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.constants.Flags;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the handler of each incoming call. Unless it is an ordered one, runs it on a virtual thread and sends what it answers. */
final class CallDispatcher {
    /** Calls of one connection that may be in progress at a time; beyond it the caller gets LimitsExceeded. */
    static final int MAX_IN_PROGRESS = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(CallDispatcher.class);

    static final String INTERNAL_ERROR = "Internal error; the log of this service has the details";

    private record Target(BusInterface exported, MethodDescription method) {}

    private final ObjectTree tree;
    private final BusTransport transport;
    private final OrderedCalls ordered;
    private final Map<String, AtomicInteger> inProgress = new ConcurrentHashMap<>();

    CallDispatcher(ObjectTree tree, BusTransport transport) {
        this.tree = tree;
        this.transport = transport;
        this.ordered = new OrderedCalls(transport::writeRaw);
    }

    /** On the reading thread: takes the call to an ordered interface, or counts it and hands it on. */
    void accept(Incoming incoming, ReceivedDescriptors descriptors) throws DBusException {
        String sender = incoming.fields().sender();
        String path = incoming.fields().path();
        String member = incoming.fields().member();
        if (sender == null || path == null || member == null) {
            // No bus lets such a call through.
            descriptors.close();
            return;
        }
        OrderedMethod method = tree.findOrdered(path, incoming.fields().iface(), member);
        if (method == null) {
            accept(incoming.toMessage(), sender, descriptors);
        } else {
            descriptors.close();
            ordered.accept(method, incoming, sender);
        }
    }

    private void accept(Message message, String sender, ReceivedDescriptors descriptors) {
        if (!enter(sender)) {
            descriptors.close();
            refuse(
                    message,
                    ErrorNames.LIMITS_EXCEEDED,
                    "More than " + MAX_IN_PROGRESS + " calls in progress; wait for some to be answered");
            return;
        }
        Thread.ofVirtual().name("bus-call").start(() -> {
            try (descriptors) {
                run(message, sender, descriptors);
            } finally {
                leave(sender);
            }
        });
    }

    private boolean enter(String sender) {
        boolean[] entered = new boolean[1];
        inProgress.compute(sender, (name, count) -> {
            AtomicInteger current = count == null ? new AtomicInteger() : count;
            entered[0] = current.get() < MAX_IN_PROGRESS;
            if (entered[0]) {
                current.incrementAndGet();
            }
            return current;
        });
        return entered[0];
    }

    private void leave(String sender) {
        inProgress.computeIfPresent(sender, (name, count) -> count.decrementAndGet() == 0 ? null : count);
    }

    private void run(Message message, String sender, ReceivedDescriptors descriptors) {
        Reply reply;
        OutgoingMessage answer;
        try {
            reply = handle(find(message), message, sender, descriptors);
            answer = OutgoingMessage.reply(
                    transport.endian(), sender, message.getSerial(), reply.signature(), reply.values());
        } catch (DBusErrorException e) {
            refuse(message, e.name(), e.text());
            return;
        } catch (DBusException | RuntimeException | Error e) {
            LOG.error("The handler of {}.{} failed", message.getInterface(), message.getName(), e);
            refuse(message, ErrorNames.FAILED, INTERNAL_ERROR);
            return;
        }
        if (replyWanted(message)) {
            try {
                transport.write(answer).join();
            } catch (CompletionException e) {
                LOG.debug("The reply to {} could not be written: the bus is gone", message.getName(), e);
                return;
            }
        }
        runAfter(reply.afterReply(), message);
    }

    private static void runAfter(@Nullable Runnable afterReply, Message message) {
        if (afterReply != null) {
            try {
                afterReply.run();
            } catch (RuntimeException | Error e) {
                LOG.error("What follows the reply to {}.{} failed", message.getInterface(), message.getName(), e);
            }
        }
    }

    private Target find(Message message) throws DBusErrorException {
        String path = message.getPath();
        String iface = message.getInterface();
        String member = message.getName();
        Optional<ExportedObject> object = tree.find(path);
        List<BusInterface> interfaces = Stream.concat(
                        object.stream().flatMap(found -> found.interfaces().stream()),
                        StandardInterfaces.at(path, tree).stream())
                .filter(exported ->
                        iface == null || exported.description().name().equals(iface))
                .toList();
        for (BusInterface exported : interfaces) {
            Optional<MethodDescription> method = exported.description().method(member);
            if (method.isPresent()) {
                return new Target(exported, method.get());
            }
        }
        if (object.isEmpty() && interfaces.isEmpty()) {
            throw new DBusErrorException(ErrorNames.UNKNOWN_OBJECT, "No object at path '" + path + "'");
        }
        if (interfaces.isEmpty()) {
            throw new DBusErrorException(
                    ErrorNames.UNKNOWN_INTERFACE, "No interface '" + iface + "' on the object at '" + path + "'");
        }
        throw new DBusErrorException(
                ErrorNames.UNKNOWN_METHOD,
                "No method '" + member + "'" + (iface == null ? "" : " on interface '" + iface + "'"));
    }

    private static Reply handle(Target target, Message message, String sender, ReceivedDescriptors descriptors)
            throws DBusErrorException, DBusException {
        String expected = target.method().inSignature();
        String signature = message.getSig() == null ? "" : message.getSig();
        if (!signature.equals(expected)) {
            throw new DBusErrorException(
                    ErrorNames.INVALID_ARGS, wrongSignature(message.getName(), expected, signature));
        }
        if (!(target.exported() instanceof ExportedInterface exported)) {
            // Ordered calls went another way, so the object was not there when this one came.
            throw new DBusErrorException(
                    ErrorNames.UNKNOWN_OBJECT, "No object at path '" + message.getPath() + "' when the call came");
        }
        var call = new MethodCall(
                sender,
                message.getPath(),
                exported.description().name(),
                message.getName(),
                signature,
                PendingCalls.arguments(message),
                descriptors);
        Reply reply = exported.handle(call);
        if (!reply.signature().equals(target.method().outSignature())) {
            throw new IllegalStateException("the handler answered with signature '" + reply.signature()
                    + "' instead of '" + target.method().outSignature() + "'");
        }
        return reply;
    }

    static String wrongSignature(String member, String expected, String signature) {
        return "Method '" + member + "' takes arguments of type '" + expected + "', got '" + signature + "'";
    }

    private void refuse(Message message, String name, String text) {
        if (!replyWanted(message)) {
            return;
        }
        try {
            var _ = transport.write(
                    OutgoingMessage.error(transport.endian(), message.getSource(), message.getSerial(), name, text));
        } catch (DBusException e) {
            LOG.error("The error {} cannot be sent", name, e);
        }
    }

    private static boolean replyWanted(Message message) {
        return (message.getFlags() & Flags.NO_REPLY_EXPECTED) == 0;
    }
}
