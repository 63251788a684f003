// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.request;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;

/**
 * Every request that is open, by its number on the link. Thread-safe.
 *
 * <p>A request is {@link State#PENDING} until exactly one of three things happens: the host lends, the host or the link ends it, or the
 * application withdraws it.
 */
public final class RequestBook implements Host.Events {
    /** How long a request waits for a link before it fails: an emulated or busy guest takes seconds to make the first one. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The states of a request; all but the first are final. */
    public enum State {
        PENDING,
        GRANTED,
        ENDED,
        WITHDRAWN
    }

    /** {@link Limits#OPEN_REQUESTS} requests are open already. */
    public static final class TooManyRequestsException extends Exception {
        private static final long serialVersionUID = 1;

        TooManyRequestsException() {
            super(Limits.OPEN_REQUESTS + " requests are open already; close one or wait for its answer");
        }
    }

    private final Host host;
    private final LentFolder lent;
    private final Duration patience;
    private final Map<Long, BookedRequest> open = new LinkedHashMap<>();
    private long lastNumber;
    private long lastChange = System.nanoTime();

    /**
     * A book.
     *
     * @param link makes the link whose events this book gets and to which its requests go
     * @param lent where files appear
     */
    public RequestBook(Function<Host.Events, Host> link, LentFolder lent) {
        this(link, lent, PATIENCE);
    }

    RequestBook(Function<Host.Events, Host> link, LentFolder lent, Duration patience) {
        this.host = link.apply(this);
        this.lent = lent;
        this.patience = patience;
    }

    /**
     * Enters a request. It is sent once {@link BookedRequest#start} is called.
     *
     * @param answered gets the answer, once, on a platform thread that may block; never called when the request was withdrawn first
     */
    public synchronized BookedRequest open(FileAsk ask, Consumer<Answer> answered) throws TooManyRequestsException {
        if (open.size() >= Limits.OPEN_REQUESTS) {
            throw new TooManyRequestsException();
        }
        // Never used twice, whatever link it goes out on.
        long number = ++lastNumber;
        var request = new BookedRequest(this, number, ask, answered);
        open.put(number, request);
        lastChange = System.nanoTime();
        return request;
    }

    /** The host lent files for a request. An answer to one that is no longer open is dropped: it was withdrawn meanwhile. */
    @Override
    public void granted(Host.Line line, Message.Granted granted) {
        BookedRequest request = find(line, granted.request());
        if (request != null) {
            request.granted(granted);
        }
    }

    /** The host ended a request. */
    @Override
    public void ended(Host.Line line, Message.Ended ended) {
        BookedRequest request = find(line, ended.request());
        if (request != null) {
            request.end(State.ENDED, new Answer.Refused(ended.outcome()));
        }
    }

    /** A link has ended, and with it every request that went out on it. */
    @Override
    public void lost(Host.Line line, String why) {
        for (BookedRequest request : all()) {
            if (request.isOn(line)) {
                request.end(State.ENDED, new Answer.Failed(why));
            }
        }
    }

    /** How many requests are open. */
    public synchronized int size() {
        return open.size();
    }

    /** How long no request has been open; zero while one is. */
    public synchronized Duration idle() {
        return open.isEmpty() ? Duration.ofNanos(System.nanoTime() - lastChange) : Duration.ZERO;
    }

    private synchronized List<BookedRequest> all() {
        return new ArrayList<>(open.values());
    }

    private synchronized @Nullable BookedRequest find(Host.Line line, long number) {
        BookedRequest request = open.get(number);
        return request != null && request.isOn(line) ? request : null;
    }

    synchronized void remove(long number) {
        if (open.remove(number) != null) {
            lastChange = System.nanoTime();
        }
    }

    Host host() {
        return host;
    }

    LentFolder lent() {
        return lent;
    }

    Duration patience() {
        return patience;
    }
}
