// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;
import org.spectrum_os.portal.protocol.UsbMessage;

/**
 * One conversation with the host about USB devices, from its hello to its end. It is not brought up again: what was asked for and lent on
 * it is over with it.
 *
 * <p>Thread-safe. One platform thread reads and makes the calls to {@link UsbEvents} and to those who asked, one at a time; another
 * writes, so that no caller waits for the host to read.
 */
public final class HostUsb implements AutoCloseable {
    /** The longest from {@link #start} to the host's devices. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    /** In place of a number, for what was never sent. */
    private static final long NO_REQUEST = 0;

    private final HostAddress address;
    private final String agentName;
    private final UsbEvents events;
    /** Empty once all devices have been told of; else why they never will be. */
    private final CompletableFuture<Optional<String>> listed = new CompletableFuture<>();

    private final UsbOutbox outbox = new UsbOutbox();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Object lock = new Object();
    private final Object asking = new Object();
    private final UsbAsks asks = new UsbAsks();

    private @Nullable MessageChannel channel;
    private @Nullable Thread writer;
    private boolean over;

    /** Those that the host has told of and not taken back; of the reading thread alone. */
    private final Set<String> present = new HashSet<>();

    /**
     * A conversation that has not begun.
     *
     * @param agentName what this agent calls itself, for the host's log
     * @param events    heard from {@link #start} on
     */
    public HostUsb(HostAddress address, String agentName, UsbEvents events) {
        this.address = address;
        this.agentName = agentName;
        this.events = events;
    }

    /** Begins it, on a thread of its own; does not block. To be called once. */
    public void start() {
        Thread.ofPlatform().daemon().name("usb-host").start(this::run);
    }

    /**
     * Waits until the host has told of all devices that there are, at most {@link #PATIENCE}; a conversation that is not so far then is
     * closed.
     */
    public void awaitListed() throws NoHostException, InterruptedException {
        try {
            Optional<String> failure = listed.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (failure.isPresent()) {
                throw new NoHostException(failure.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a list never fails", e);
        } catch (TimeoutException e) {
            close();
            throw new NoHostException("the host did not say within " + PATIENCE.toSeconds() + " s which devices"
                    + " there are, at " + address.describe(Ports.USB) + "; look at its log");
        }
    }

    /**
     * Asks for devices by their ids.
     *
     * @param answered hears the answer once, also when this conversation is over already; not after {@link #withdraw}
     * @return the request's number, or 0 if it was answered without being sent
     */
    public long acquire(List<String> ids, boolean keep, Consumer<UsbAnswer> answered) {
        List<Untrusted<String>> devices = ids.stream().map(Untrusted::of).toList();
        return ask(number -> new UsbMessage.Acquire(number, keep, devices), answered);
    }

    /** Asks for any one device of a kind; see {@link UsbMessage.Seek}. Otherwise as {@link #acquire}. */
    public long seek(
            @Nullable Integer vendor,
            @Nullable Integer product,
            @Nullable Integer interfaceClass,
            boolean keep,
            Consumer<UsbAnswer> answered) {
        return ask(number -> new UsbMessage.Seek(number, keep, vendor, product, interfaceClass), answered);
    }

    private long ask(LongFunction<UsbMessage.Ask> message, Consumer<UsbAnswer> answered) {
        // Numbers grow on the wire as well, so one at a time.
        synchronized (asking) {
            Optional<UsbMessage.Ask> ask = asks.enter(message, answered);
            ask.ifPresent(this::say);
            if (ask.isPresent()) {
                return ask.get().request();
            }
        }
        answered.accept(new UsbAnswer.Lost("the conversation with the host is over"));
        return NO_REQUEST;
    }

    /** Nobody wants an answer any more. What is lent for it all the same is given back. */
    public void withdraw(long number) {
        if (asks.remove(number).isPresent()) {
            say(new UsbMessage.Withdraw(number));
        }
    }

    /** Gives a device back. */
    public void release(String lease) {
        say(new UsbMessage.Release(lease));
    }

    /** Has a message sent, in the order of the calls. Waits while too much is to be sent. */
    private void say(UsbMessage.FromGuest message) {
        if (!outbox.add(message)) {
            // What the host has not heard it finds out by the end: it takes everything back then.
            close();
        }
    }

    /** Ends the conversation once the host has heard everything that was said; waits for that, at most 10 s. */
    public void finish() throws InterruptedException {
        try {
            if (outbox.end()) {
                ended.get(UsbOutbox.SEND.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            AgentLog.warn("the host may not have heard everything: it did not end the conversation in time");
        }
        close();
    }

    private void run() {
        String why;
        try (var mine = new MessageChannel(address.connect(Ports.USB))) {
            adopt(mine);
            greet(mine);
            while (true) {
                deliver(mine.receive(UsbMessage.FromHost.class, Duration.ZERO));
            }
        } catch (EOFException e) {
            why = "the host closed the connection at " + address.describe(Ports.USB)
                    + "; its policy must know this VM, and its log says more";
        } catch (ProtocolException e) {
            why = "the host at " + address.describe(Ports.USB) + " says what makes no sense (" + e.getMessage()
                    + "); install agent and host of the same version";
        } catch (IOException e) {
            why = "no conversation with the host at " + address.describe(Ports.USB) + " (" + e.getMessage()
                    + "); the portal on the host must be running, and its policy must know this VM";
        }
        end(why);
    }

    private void adopt(MessageChannel mine) throws IOException {
        synchronized (lock) {
            if (over) {
                throw new IOException("it was given up");
            }
            channel = mine;
            writer = Thread.ofPlatform().daemon().name("usb-host-writer").unstarted(() -> outbox.write(mine));
        }
    }

    /** The welcome comes within the time that the host itself has for a hello. */
    private void greet(MessageChannel mine) throws IOException {
        mine.send(new UsbMessage.Hello(UsbMessage.VERSION, Untrusted.of(agentName)), UsbOutbox.SEND);
        switch (mine.receive(UsbMessage.FromHost.class, Limits.HELLO)) {
            case UsbMessage.Welcome(int version) when version == UsbMessage.VERSION -> {}
            case UsbMessage.Welcome(int version) -> throw new ProtocolException("version " + version);
            case UsbMessage.Refused(String explanation) -> throw refused(explanation);
            case UsbMessage.FromHost other -> throw new ProtocolException("no welcome");
        }
        synchronized (lock) {
            if (writer != null && !over) {
                writer.start();
            }
        }
    }

    private static IOException refused(String explanation) {
        return new IOException("it refuses: " + UsbText.shown(explanation));
    }

    private void deliver(UsbMessage.FromHost message) throws IOException {
        switch (message) {
            case UsbMessage.Present(UsbDeviceInfo device) -> {
                boolean first = present.add(device.id());
                if (present.size() > UsbMessage.MOST_DEVICES) {
                    throw new ProtocolException("more than " + UsbMessage.MOST_DEVICES + " devices");
                }
                events.present(device, !first);
            }
            case UsbMessage.Absent(String id) -> {
                if (present.remove(id)) {
                    events.absent(id);
                }
            }
            case UsbMessage.Listed() -> {
                if (!listed.complete(Optional.empty())) {
                    throw new ProtocolException("the list ends twice");
                }
            }
            case UsbMessage.Granted granted -> granted(granted);
            case UsbMessage.Again(LentDevice device) -> events.again(device);
            case UsbMessage.Taken(String lease) -> events.taken(lease);
            case UsbMessage.Ended(long request, Outcome outcome) ->
                asks.remove(request).ifPresent(one -> one.answered().accept(new UsbAnswer.Refused(outcome)));
            case UsbMessage.Refused(String explanation) -> throw refused(explanation);
            case UsbMessage.Welcome _ -> throw new ProtocolException("a second welcome");
        }
    }

    private void granted(UsbMessage.Granted granted) throws ProtocolException {
        Optional<UsbAsks.Waiting> one = asks.granted(granted.request(), granted.devices());
        if (one.isPresent()) {
            one.get().answered().accept(new UsbAnswer.Granted(granted.devices()));
        } else {
            granted.devices().forEach(device -> release(device.lease()));
        }
    }

    /** On the reading thread, last of all. */
    private void end(String why) {
        synchronized (lock) {
            over = true;
            if (writer != null) {
                writer.interrupt();
            }
        }
        ended.complete(null);
        listed.complete(Optional.of(why));
        asks.end().forEach(one -> one.answered().accept(new UsbAnswer.Lost(why)));
        events.lost(why);
    }

    /** Ends the conversation; the host takes back what was not to be kept. */
    @Override
    public void close() {
        MessageChannel current;
        synchronized (lock) {
            over = true;
            current = channel;
        }
        if (current != null) {
            current.close();
        }
    }
}
