// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.spectrum_os.portal.backend.agent.LinkWriter;
import org.spectrum_os.portal.backend.agent.OpenRequests;
import org.spectrum_os.portal.backend.hypervisor.Plug;
import org.spectrum_os.portal.backend.usb.UsbConsent.Had;
import org.spectrum_os.portal.backend.usb.UsbConsent.Reply;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.protocol.UsbMessage;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;

/**
 * One connection about devices, after the hello. {@link #run} owns the receiving side; what the guest is told may come from any thread. When it ends,
 * what the guest had asked and not got is withdrawn, and what it got without {@code keep} is given back.
 */
final class UsbSession {
    /** Answers, all devices twice over, and as many changes again. */
    private static final int UNWRITTEN_MOST = LinkWriter.ANSWERS_MOST + 4 * UsbMessage.MOST_DEVICES;

    private final String instance;
    private final MessageChannel channel;
    private final UsbConsent consent;
    private final Giving giving;
    private final Executor executor;
    private final LinkWriter writer;
    private final ReentrantLock lock = new ReentrantLock();
    private final SeenDevices seen = new SeenDevices();
    private final OpenRequests open = new OpenRequests();
    /** To be given back with the connection, by their names: however often it asks for what it has, it stands behind it once. */
    private final Map<String, Mine> mine = new HashMap<>();

    private boolean over;

    /** A lease that goes with the connection. One claim stands behind it, however often it was granted here. */
    private static final class Mine {
        final Lease lease;
        int grants = 1;

        Mine(Lease lease) {
            this.lease = lease;
        }
    }

    /** How devices go back. */
    interface Giving {
        /** One {@link Had} is not wanted any more, or never was known to the guest. Blocks. */
        void back(Lease lease, EndReason why);

        /** The guest gives back what it has, by whatever connection. What is not the instance's is as if it were not there. Blocks. */
        void release(String instance, String lease);

        /** The loan, if its device is in the VM now. */
        Optional<Loan> attached(String instance, String lease);
    }

    /**
     * @param executor runs what blocks
     */
    UsbSession(String instance, MessageChannel channel, UsbConsent consent, Giving giving, Executor executor) {
        this.executor = executor;
        this.instance = instance;
        this.channel = channel;
        this.consent = consent;
        this.giving = giving;
        this.writer = new LinkWriter(instance, channel, UNWRITTEN_MOST);
    }

    /** Tells what there is, then serves the connection until it ends, which an exception says. */
    void run() throws IOException, InterruptedException {
        writer.start();
        try {
            lock.lock();
            try {
                refresh();
                var _ = writer.send(new UsbMessage.Listed());
            } finally {
                lock.unlock();
            }
            while (true) {
                receive();
            }
        } catch (EOFException e) {
            // It may have left on account of what it was told just now: that it has been told must not be lost.
            writer.finish();
            throw e;
        } finally {
            channel.close();
            writer.end();
            end();
        }
    }

    private void receive() throws IOException {
        switch (channel.receive(UsbMessage.FromGuest.class, Duration.ZERO)) {
            case UsbMessage.Hello _ -> throw new ProtocolException("a second hello");
            case UsbMessage.Acquire(long request, boolean keep, var ids) -> ask(request, keep, wish(ids));
            case UsbMessage.Seek(long request, boolean keep, var vendor, var product, var base) ->
                ask(request, keep, new DeviceWish.Like(vendor, product, base));
            case UsbMessage.Withdraw(long request) -> open.withdraw(request, ToWindow.Reason.WITHDRAWN);
            case UsbMessage.Release(String lease) -> release(lease);
        }
    }

    private DeviceWish wish(List<Untrusted<String>> ids) {
        lock.lock();
        try {
            var devices = new ArrayList<HostDevice>();
            for (Untrusted<String> id : ids) {
                Optional<HostDevice> device = id.validate(seen::device);
                if (device.isEmpty()) {
                    return new DeviceWish.Unseen();
                }
                devices.add(device.get());
            }
            return new DeviceWish.These(devices);
        } finally {
            lock.unlock();
        }
    }

    private void ask(long request, boolean keep, DeviceWish wish) throws ProtocolException {
        OpenRequests.Slot slot = open.begin(request);
        slot.asked(consent.ask(instance, wish, reply -> answer(request, keep, reply))::withdraw);
    }

    private void answer(long request, boolean keep, Reply reply) {
        switch (reply) {
            case Reply.Lent(var devices) -> granted(request, keep, devices);
            case Reply.Refused(var decision) -> {
                lock.lock();
                try {
                    if (open.end(request)) {
                        var _ = writer.send(new UsbMessage.Ended(request, decision.outcome()));
                    }
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    /** What ended before the guest is told of it is left out; what ends later it hears of later. */
    private void granted(long request, boolean keep, List<Had> devices) {
        var back = new ArrayList<Lease>();
        lock.lock();
        try {
            if (!open.end(request) || over) {
                devices.forEach(had -> back.add(had.lease()));
            } else {
                tell(request, keep, devices, back);
            }
        } finally {
            lock.unlock();
        }
        back.forEach(lease -> giving.back(lease, EndReason.UNCLAIMED));
    }

    private void tell(long request, boolean keep, List<Had> devices, List<Lease> back) {
        var lent = new ArrayList<LentDevice>();
        var leases = new ArrayList<Lease>();
        for (Had had : devices) {
            Optional<LentDevice> now =
                    giving.attached(instance, had.lease().name()).flatMap(this::described);
            now.ifPresentOrElse(
                    device -> {
                        lent.add(device);
                        leases.add(had.lease());
                    },
                    () -> back.add(had.lease()));
        }
        if (lent.isEmpty()) {
            var _ = writer.send(new UsbMessage.Ended(request, Outcome.DENIED));
            return;
        }
        if (!keep) {
            for (Lease lease : leases) {
                Mine before = mine.putIfAbsent(lease.name(), new Mine(lease));
                if (before != null) {
                    before.grants++;
                    back.add(lease);
                }
            }
        }
        // Not on this thread: it holds the lock, and giving back waits for those who tell of ends.
        var _ = writer.send(new UsbMessage.Granted(request, lent))
                .thenAcceptAsync(
                        told -> {
                            // What goes with the connection goes without this.
                            if (!told && keep) {
                                leases.forEach(lease -> giving.back(lease, EndReason.UNCLAIMED));
                            }
                        },
                        executor);
    }

    private Optional<LentDevice> described(Loan loan) {
        Plug plug = loan.plug();
        return plug == null
                ? Optional.empty()
                : Optional.of(DeviceWords.lent(
                        loan.lease.name(),
                        seen.id(loan.device()).orElseGet(seen::fresh),
                        loan.device(),
                        plug.guestPort()));
    }

    /** The guest says it once for each grant. */
    private void release(String name) {
        Mine its;
        boolean last = false;
        lock.lock();
        try {
            its = mine.get(name);
            if (its != null) {
                its.grants--;
                last = its.grants == 0;
            }
            if (last) {
                mine.remove(name);
            }
        } finally {
            lock.unlock();
        }
        if (its == null) {
            giving.release(instance, name);
        } else if (last) {
            giving.back(its.lease, EndReason.RELEASED);
        }
    }

    /** Tells what has changed of what the guest sees. */
    void refresh() {
        lock.lock();
        try {
            if (!over) {
                seen.become(consent.visible(instance).stream()
                                .map(DeviceRules.Fitting::device)
                                .toList())
                        .forEach(news -> {
                            var _ = writer.send(news);
                        });
            }
        } finally {
            lock.unlock();
        }
    }

    /** A device is in the VM again. */
    void again(Loan loan) {
        lock.lock();
        try {
            refresh();
            if (!over) {
                described(loan).ifPresent(device -> {
                    var _ = writer.send(new UsbMessage.Again(device));
                });
            }
        } finally {
            lock.unlock();
        }
    }

    /** A lease of the instance is over. */
    void taken(Lease lease) {
        lock.lock();
        try {
            mine.remove(lease.name());
            if (!over) {
                var _ = writer.send(new UsbMessage.Taken(lease.name()));
            }
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        List<Lease> left;
        lock.lock();
        try {
            over = true;
            left = mine.values().stream().map(each -> each.lease).toList();
            mine.clear();
        } finally {
            lock.unlock();
        }
        try {
            open.withdrawAll(ToWindow.Reason.VM_STOPPED);
        } finally {
            left.forEach(lease -> giving.back(lease, EndReason.RELEASED));
        }
    }
}
