// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.UsbMessage;

/** The requests of one conversation that wait for their answers. Thread-safe; nobody is answered under its lock. */
final class UsbAsks {
    private final Map<Long, Waiting> waiting = new HashMap<>();
    private long lastNumber;
    private boolean over;

    /** A request and whoever made it. */
    record Waiting(UsbMessage.Ask ask, Consumer<UsbAnswer> answered) {}

    /** Enters a request under the next number; empty once the conversation is over. */
    synchronized Optional<UsbMessage.Ask> enter(LongFunction<UsbMessage.Ask> message, Consumer<UsbAnswer> answered) {
        if (over) {
            return Optional.empty();
        }
        UsbMessage.Ask ask = message.apply(++lastNumber);
        waiting.put(ask.request(), new Waiting(ask, answered));
        return Optional.of(ask);
    }

    /** Takes a request out; empty if it has been answered or withdrawn. */
    synchronized Optional<Waiting> remove(long number) {
        return Optional.ofNullable(waiting.remove(number));
    }

    /**
     * Takes the request out for which these were lent; empty if it was withdrawn meanwhile.
     *
     * @throws ProtocolException if nobody asked for that
     */
    synchronized Optional<Waiting> granted(long number, List<LentDevice> devices) throws ProtocolException {
        if (number > lastNumber) {
            throw new ProtocolException("a grant that nobody asked for");
        }
        Optional<Waiting> one = Optional.ofNullable(waiting.get(number));
        if (one.isPresent()) {
            GrantCheck.require(one.get().ask(), devices);
            waiting.remove(number);
        }
        return one;
    }

    /** Takes all out; no other comes. */
    synchronized List<Waiting> end() {
        over = true;
        List<Waiting> left = List.copyOf(waiting.values());
        waiting.clear();
        return left;
    }
}
