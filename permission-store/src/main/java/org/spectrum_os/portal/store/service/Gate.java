// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.OrderedCall;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.store.Change;
import org.spectrum_os.portal.store.Outcome;
import org.spectrum_os.portal.store.Store;

/**
 * Between the bus and the store: calls wait here until the store is open, and are turned away once it is being closed. Calls come on the
 * bus's reading thread; opening and closing may come from any.
 */
final class Gate {
    private static final MarshalWriter NOTHING = new MarshalWriter();

    private final List<Waiting> waiting = new ArrayList<>();
    private volatile @Nullable Store store;
    private boolean closed;

    /** What a call asks of the store. */
    interface Step {
        void take(Store store) throws MarshalException;
    }

    /** An answer from what is in memory. */
    interface Answer {
        /**
         * Answers.
         *
         * @throws MarshalException when the answer does not fit a message
         */
        void give() throws MarshalException;
    }

    private record Waiting(OrderedCall call, Step step) {}

    /** Lets a call through, now or when the store is open. A step that cannot read its arguments is answered with InvalidArgs. */
    void pass(OrderedCall call, Step step) {
        Store open = store;
        if (open == null) {
            synchronized (this) {
                open = store;
                if (open == null && !closed) {
                    waiting.add(new Waiting(call, step));
                    return;
                }
            }
        }
        if (open == null) {
            Errors.leaving(call);
        } else {
            run(call, step, open);
        }
    }

    private static void run(OrderedCall call, Step step, Store store) {
        try {
            step.take(store);
        } catch (MarshalException e) {
            Errors.malformed(call, e);
        }
    }

    /** Lets those in who wait, in their order, then everybody. */
    synchronized void open(Store opened) {
        if (closed) {
            return;
        }
        waiting.forEach(one -> run(one.call(), one.step(), opened));
        waiting.clear();
        store = opened;
    }

    /** Turns everybody away from now on. What has been let in will be answered by the store. */
    synchronized void close() {
        closed = true;
        store = null;
        waiting.forEach(one -> Errors.leaving(one.call()));
        waiting.clear();
    }

    /** Answers from what is on the disk, at once: reading waits for no write, also not for the caller's own. */
    void read(OrderedCall call, Answer answer) {
        give(call, answer);
    }

    /** As {@link #read}, on another thread. */
    void readElsewhere(OrderedCall call, Executor elsewhere, Answer answer) {
        try {
            elsewhere.execute(() -> give(call, answer));
        } catch (RejectedExecutionException e) {
            Errors.leaving(call);
        }
    }

    private static void give(OrderedCall call, Answer answer) {
        try {
            answer.give();
        } catch (MarshalException | IllegalStateException e) {
            Errors.tooMuch(call, e);
        }
    }

    /** Makes a change and answers when it is on the disk. */
    void write(OrderedCall call, Store store, Change change) {
        write(call, store, change, _ -> call.reply(NOTHING));
    }

    /** As {@link #write(OrderedCall, Store, Change)}, with an answer of its own to what was done. */
    void write(OrderedCall call, Store store, Change change, Consumer<Outcome.Done> answer) {
        store.submit(change, outcome -> {
            switch (outcome) {
                case Outcome.Done done -> answer.accept(done);
                case Outcome.Refused refused -> Errors.answer(call, change, refused);
                case Outcome.Failed failed -> Errors.answer(call, failed);
            }
        });
    }
}
