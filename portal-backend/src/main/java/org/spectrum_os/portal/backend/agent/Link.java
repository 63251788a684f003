// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.ProtocolException;

/**
 * One open link, after the hello. {@link #run} owns the receiving side until the link ends; answers may come from any thread, and {@link LinkWriter} writes them. When it ends,
 * whatever the guest had asked and not got is withdrawn.
 */
final class Link {
    private final String instance;
    private final MessageChannel channel;
    private final LinkWriter writer;
    private final Requests requests;
    private final ReentrantLock lock = new ReentrantLock();
    /** Requests not answered yet; null while {@code begin} has not returned. */
    private final Map<Long, Slot> open = new HashMap<>();

    private long highest;

    private static final class Slot {
        Requests.@org.jspecify.annotations.Nullable Open request;
        ToWindow.@org.jspecify.annotations.Nullable Reason withdrawnBefore;
    }

    Link(String instance, MessageChannel channel, Requests requests) {
        this.instance = instance;
        this.channel = channel;
        this.writer = new LinkWriter(instance, channel, LinkWriter.ANSWERS_MOST);
        this.requests = requests;
    }

    /** Serves the link until it ends, and says why it did. */
    String run() {
        String why;
        writer.start();
        try {
            while (true) {
                receive();
            }
        } catch (EOFException e) {
            why = "closed by the guest";
        } catch (ProtocolException e) {
            why = "broke the protocol: " + e.getMessage();
            Refusal.send(channel, Message.Reason.PROTOCOL, String.valueOf(e.getMessage()));
        } catch (ClosedChannelException e) {
            why = "closed by the host";
        } catch (IOException e) {
            why = "lost: " + e.getMessage();
        } finally {
            channel.close();
            writer.end();
            withdrawAll();
        }
        return why;
    }

    private void receive() throws IOException {
        switch (channel.receive(Message.FromGuest.class, Duration.ZERO)) {
            case Message.Hello hello -> throw new ProtocolException("a second hello");
            case Message.Ask asked -> {
                Slot slot = begin(asked.request());
                var opened = requests.begin(instance, asked.request(), asked.ask(), this::answer);
                started(slot, opened);
            }
            case Message.Cancel(long request) -> withdraw(request, ToWindow.Reason.WITHDRAWN);
        }
    }

    private Slot begin(long request) throws ProtocolException {
        lock.lock();
        try {
            if (request <= highest) {
                throw new ProtocolException("request number " + request + " after " + highest);
            }
            if (open.size() >= Limits.OPEN_REQUESTS) {
                throw new ProtocolException("more than " + Limits.OPEN_REQUESTS + " requests at once");
            }
            highest = request;
            var slot = new Slot();
            open.put(request, slot);
            return slot;
        } finally {
            lock.unlock();
        }
    }

    private void started(Slot slot, Requests.Open request) {
        ToWindow.Reason late;
        lock.lock();
        try {
            slot.request = request;
            late = slot.withdrawnBefore;
        } finally {
            lock.unlock();
        }
        if (late != null) {
            request.withdraw(late);
        }
    }

    private CompletionStage<Boolean> answer(Message.FromHost message) {
        long request = switch (message) {
            case Message.Granted granted -> granted.request();
            case Message.Ended ended -> ended.request();
            case Message.Welcome welcome -> throw new IllegalArgumentException("not an answer");
            case Message.Refused refused -> throw new IllegalArgumentException("not an answer");
        };
        lock.lock();
        try {
            if (open.remove(request) == null) {
                return CompletableFuture.completedStage(false);
            }
        } finally {
            lock.unlock();
        }
        return writer.send(message);
    }

    private void withdraw(long request, ToWindow.Reason reason) {
        Requests.Open withdrawn = null;
        lock.lock();
        try {
            Slot slot = open.remove(request);
            if (slot != null) {
                slot.withdrawnBefore = reason;
                withdrawn = slot.request;
            }
        } finally {
            lock.unlock();
        }
        if (withdrawn != null) {
            withdrawn.withdraw(reason);
        }
    }

    private void withdrawAll() {
        List<Long> left;
        lock.lock();
        try {
            left = List.copyOf(open.keySet());
        } finally {
            lock.unlock();
        }
        left.forEach(request -> withdraw(request, ToWindow.Reason.VM_STOPPED));
    }
}
