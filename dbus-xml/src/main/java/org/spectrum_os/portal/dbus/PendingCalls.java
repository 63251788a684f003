// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.Message;
import org.jspecify.annotations.Nullable;

/** The calls that wait for a reply, by serial. */
final class PendingCalls {
    private static final Executor ON_VIRTUAL_THREAD = Thread::startVirtualThread;

    private record Pending(String destination, CompletableFuture<List<Object>> reply) {}

    private final Map<Long, Pending> bySerial = new ConcurrentHashMap<>();

    /** Must be called before the message is written. What depends on the future runs on a virtual thread, never on the reader. */
    CompletableFuture<List<Object>> expect(long serial, String destination, String what, Duration timeout) {
        var reply = new CompletableFuture<List<Object>>();
        var result = new CompletableFuture<List<Object>>();
        bySerial.put(serial, new Pending(destination, reply));
        var _ = reply.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (values, failure) -> {
                            bySerial.remove(serial);
                            if (failure == null) {
                                result.complete(values);
                            } else if (failure instanceof TimeoutException) {
                                result.completeExceptionally(new CallFailedException(
                                        ErrorNames.NO_REPLY,
                                        destination + " did not answer " + what + " within " + timeout.toMillis()
                                                + " ms"));
                            } else {
                                result.completeExceptionally(failure);
                            }
                        },
                        ON_VIRTUAL_THREAD);
        var _ = result.whenComplete((values, failure) -> bySerial.remove(serial));
        return result;
    }

    void returned(Message message) {
        Pending pending = take(message);
        if (pending == null) {
            return;
        }
        try {
            pending.reply().complete(arguments(message));
        } catch (DBusException | RuntimeException e) {
            pending.reply().completeExceptionally(new BusException("the reply cannot be read", e));
        }
    }

    void failed(Message message) {
        Pending pending = take(message);
        if (pending == null) {
            return;
        }
        String text = "";
        try {
            List<Object> arguments = arguments(message);
            text = !arguments.isEmpty() && arguments.get(0) instanceof String first ? first : "";
        } catch (DBusException | RuntimeException e) {
            text = "(the error's text cannot be read)";
        }
        pending.reply().completeExceptionally(new CallFailedException(message.getName(), text));
    }

    void failAll(Throwable cause) {
        for (Pending pending : List.copyOf(bySerial.values())) {
            var failure = new CallFailedException(ErrorNames.DISCONNECTED, "the connection to the bus has ended");
            failure.initCause(cause);
            pending.reply().completeExceptionally(failure);
        }
    }

    private @Nullable Pending take(Message message) {
        Pending pending = bySerial.get(message.getReplySerial());
        if (pending == null) {
            return null;
        }
        // Only the connection that was asked may answer. The owner of a well-known name is the bus's to check.
        String destination = pending.destination();
        boolean exact = Names.isUnique(destination) || destination.equals(BusConnection.BUS_NAME);
        if (exact && !destination.equals(message.getSource())) {
            return null;
        }
        return bySerial.remove(message.getReplySerial(), pending) ? pending : null;
    }

    static List<Object> arguments(Message message) throws DBusException {
        String signature = message.getSig();
        if (signature == null) {
            return List.of();
        }
        return Wire.incoming(signature, message.getParameters());
    }
}
