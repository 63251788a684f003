// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who wants which signals. Each subscriber gets its signals one at a time and in order, on a virtual thread. */
final class Subscriptions {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

    private record Subscription(Predicate<Message> wanted, Consumer<SignalReceived> consumer) {}

    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    /**
     * @param wanted runs on the reading thread
     * @param slow runs on a virtual thread, one signal after the other
     */
    Registration add(Predicate<Message> wanted, Consumer<SignalReceived> slow) {
        var delivery = new OrderedDelivery();
        return addQuick(wanted, signal -> delivery.submit(() -> slow.accept(signal)), delivery::stop);
    }

    /** As {@link #add}, but the consumer runs on the reading thread: it must not block. */
    Registration addQuick(Predicate<Message> wanted, Consumer<SignalReceived> quick) {
        return addQuick(wanted, quick, () -> {});
    }

    private Registration addQuick(Predicate<Message> wanted, Consumer<SignalReceived> quick, Runnable stop) {
        var subscription = new Subscription(wanted, quick);
        subscriptions.add(subscription);
        return () -> {
            subscriptions.remove(subscription);
            stop.run();
        };
    }

    /** On the reading thread. */
    void deliver(Message message) {
        for (Subscription subscription : subscriptions) {
            if (subscription.wanted().test(message)) {
                try {
                    String signature = message.getSig();
                    subscription
                            .consumer()
                            .accept(new SignalReceived(
                                    message.getSource(),
                                    message.getPath(),
                                    message.getInterface(),
                                    message.getName(),
                                    signature == null ? "" : signature,
                                    PendingCalls.arguments(message)));
                } catch (DBusException | RuntimeException e) {
                    LOG.warn("A {} signal could not be read and was dropped", message.getName(), e);
                }
            }
        }
    }
}
