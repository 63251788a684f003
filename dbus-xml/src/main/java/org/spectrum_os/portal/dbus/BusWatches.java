// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.freedesktop.dbus.messages.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Subscriptions, with the match rules that make the bus send the signals. Who sent a signal is checked here again: the bus delivers any
 * signal that is addressed to us, whatever interface it claims.
 */
final class BusWatches {
    private static final String BUS = BusConnection.BUS_NAME;
    private static final Logger LOG = LoggerFactory.getLogger(BusWatches.class);

    private final BusConnection bus;
    private final Subscriptions subscriptions;

    BusWatches(BusConnection bus, Subscriptions subscriptions) {
        this.bus = bus;
        this.subscriptions = subscriptions;
    }

    Registration onNameVanished(String name, Runnable gone) {
        var delivery = new OrderedDelivery();
        Registration local = subscriptions.addQuick(BusWatches::ownerChanged, signal -> {
            if (Values.string(signal.arguments().get(0)).equals(name)
                    && Values.string(signal.arguments().get(2)).isEmpty()) {
                delivery.submit(gone);
            }
        });
        String rule = ownerRule(name) + ",arg2=''";
        Registration registration = () -> {
            local.close();
            delivery.stop();
            bus.tellBus("RemoveMatch", "s", rule);
        };
        try {
            bus.callBus("AddMatch", "s", rule);
            // It may have vanished before the rule was in place.
            if (bus.nameOwner(name).isEmpty()) {
                delivery.submit(gone);
            }
        } catch (BusException e) {
            LOG.error("The bus name {} cannot be watched and counts as gone", name, e);
            delivery.submit(gone);
        }
        return registration;
    }

    Registration onNameLost(String name, Runnable lost) {
        return subscriptions.add(message -> fromBus(message, "NameLost"), signal -> {
            if (signal.arguments().equals(List.of(name))) {
                lost.run();
            }
        });
    }

    Registration onSignal(
            @Nullable String sender,
            @Nullable String path,
            String iface,
            String member,
            Consumer<SignalReceived> consumer)
            throws BusException {
        Names.requireInterface(iface);
        Names.requireMember(member);
        String rule = "type='signal',interface='" + iface + "',member='" + member + "'"
                + (sender == null ? "" : ",sender='" + Names.requireBusName(sender) + "'")
                + (path == null ? "" : ",path='" + Names.requirePath(path) + "'");
        Owner owner = sender == null ? new Owner(null) : owner(sender);
        Predicate<Message> wanted = message -> iface.equals(message.getInterface())
                && member.equals(message.getName())
                && (path == null || path.equals(message.getPath()))
                && (sender == null || owner.is(message.getSource()));
        Registration local = subscriptions.add(wanted, consumer);
        Registration registration = () -> {
            local.close();
            owner.close();
            bus.tellBus("RemoveMatch", "s", rule);
        };
        try {
            bus.callBus("AddMatch", "s", rule);
        } catch (BusException | RuntimeException e) {
            registration.close();
            throw e;
        }
        return registration;
    }

    /** Who a sender's name stands for at the moment. Signals carry unique names only. */
    private static final class Owner {
        private final AtomicReference<@Nullable String> unique;
        private Registration tracking = () -> {};

        Owner(@Nullable String unique) {
            this.unique = new AtomicReference<>(unique);
        }

        boolean is(@Nullable String source) {
            return source != null && source.equals(unique.get());
        }

        void close() {
            tracking.close();
        }
    }

    private Owner owner(String sender) throws BusException {
        if (Names.isUnique(sender) || sender.equals(BUS)) {
            return new Owner(sender);
        }
        var owner = new Owner(null);
        // On the reading thread, so that a new owner's first signal is compared with the new owner already.
        Registration local = subscriptions.addQuick(BusWatches::ownerChanged, signal -> {
            if (Values.string(signal.arguments().get(0)).equals(sender)) {
                owner.unique.set(Values.string(signal.arguments().get(2)));
            }
        });
        String rule = ownerRule(sender);
        owner.tracking = () -> {
            local.close();
            bus.tellBus("RemoveMatch", "s", rule);
        };
        try {
            bus.callBus("AddMatch", "s", rule);
            bus.nameOwner(sender).ifPresent(now -> owner.unique.compareAndSet(null, now));
        } catch (BusException | RuntimeException e) {
            owner.close();
            throw e;
        }
        return owner;
    }

    private static String ownerRule(String name) {
        return "type='signal',sender='" + BUS + "',interface='" + BUS + "',member='NameOwnerChanged',arg0='" + name
                + "'";
    }

    private static boolean ownerChanged(Message message) {
        return fromBus(message, "NameOwnerChanged") && "sss".equals(message.getSig());
    }

    private static boolean fromBus(Message message, String member) {
        return BUS.equals(message.getSource())
                && BUS.equals(message.getInterface())
                && member.equals(message.getName());
    }
}
