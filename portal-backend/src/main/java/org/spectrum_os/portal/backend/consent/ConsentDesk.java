// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.ToWindow;

/**
 * Puts questions to the user one at a time. Keeps the rules of the queue: one dialog on screen, at most {@link #WAITING_MOST} waiting
 * for an instance, equal questions merged, instances served in turn, a denial remembered, silence expires, and a lost window is a no.
 *
 * <p>Thread-safe. Replies are given on the executor, never under the lock, and exactly once for a ticket that was not withdrawn.
 */
public final class ConsentDesk implements ConsentWindow.Events {
    /** Questions of one instance that may wait behind the one on screen. */
    public static final int WAITING_MOST = 4;
    /** How long questions wait for a window process that is not there. */
    static final Duration WINDOW_WAIT = Duration.ofSeconds(30);
    /** How long a window may take to bring a dialog on screen before it counts as hung. */
    static final Duration MAP_WAIT = Duration.ofSeconds(20);

    private static final System.Logger LOG = System.getLogger(ConsentDesk.class.getName());

    private final ConsentWindow window;
    private final Policy.Timing timing;
    private final @Nullable String phrase;
    private final Timer timer;
    private final Executor replies;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private final DenialMemory memory;
    private final Set<String> blocked = new HashSet<>();
    private @Nullable Entry shown;
    private Timer.@Nullable Alarm expiry;
    private Timer.@Nullable Alarm mapWait;
    private Timer.@Nullable Alarm windowWait;
    private @Nullable String lastKey;
    private boolean windowReady;
    private long lastId;

    public ConsentDesk(
            ConsentWindow window, Policy.Timing timing, @Nullable String phrase, Timer timer, Executor replies) {
        this.window = window;
        this.timing = timing;
        this.phrase = phrase;
        this.timer = timer;
        this.replies = replies;
        this.memory = new DenialMemory(timing.denialMemory(), timing.denialMemoryMost(), timer);
    }

    /** One question, and everybody who asked it. */
    private static final class Entry {
        final long id;
        final Asker asker;
        final FileQuestion question;
        final List<Ticket> tickets = new ArrayList<>();
        final long since = System.nanoTime();

        Entry(long id, Asker asker, FileQuestion question) {
            this.id = id;
            this.asker = asker;
            this.question = question;
        }
    }

    /** The right to one reply. */
    public final class Ticket {
        private final Consumer<Decision> reply;

        private Ticket(Consumer<Decision> reply) {
            this.reply = reply;
        }

        /**
         * The asker does not want the answer any more: no reply follows, unless it is on its way already. The dialog closes when
         * nobody else asked the same.
         */
        public void withdraw(ToWindow.Reason reason) {
            locked(todo -> {
                Entry current = shown;
                if (current != null && current.tickets.remove(this) && current.tickets.isEmpty()) {
                    takeDown(current, reason);
                }
                waiting.removeIf(entry -> entry.tickets.remove(this) && entry.tickets.isEmpty());
                next(todo);
            });
        }
    }

    /** Asks the user; {@code reply} hears the decision. */
    public Ticket ask(Asker asker, FileQuestion question, Consumer<Decision> reply) {
        var ticket = new Ticket(reply);
        locked(todo -> {
            Decision.Why refusal = refusalFor(asker);
            if (refusal != null) {
                todo.add(() -> reply.accept(new Decision.Denied(refusal)));
                return;
            }
            for (Entry entry : open()) {
                if (entry.asker.equals(asker) && entry.question.equals(question)) {
                    entry.tickets.add(ticket);
                    return;
                }
            }
            if (waiting.stream().filter(of(asker.key())).count() >= WAITING_MOST) {
                todo.add(() -> reply.accept(new Decision.Denied(Decision.Why.TOO_MANY)));
                return;
            }
            var entry = new Entry(++lastId, asker, question);
            entry.tickets.add(ticket);
            waiting.add(entry);
            next(todo);
        });
        return ticket;
    }

    /**
     * The instance stopped: its questions are cancelled. What is held against it stays: a guest can stop and start what tells us of it
     * as it likes.
     */
    public void instanceStopped(String key) {
        locked(todo -> {
            Entry current = shown;
            if (current != null && of(key).test(current)) {
                takeDown(current, ToWindow.Reason.VM_STOPPED);
                reply(current, new Decision.Cancelled(), todo);
            }
            refuseWaiting(of(key), new Decision.Cancelled(), todo);
            next(todo);
        });
    }

    /** The user wants to hear from this instance again; its denials are forgotten with the block. False if it was not blocked. */
    public boolean unblock(String key) {
        lock.lock();
        try {
            memory.forget(key);
            return blocked.remove(key);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the user has blocked this instance. */
    public boolean isBlocked(String key) {
        lock.lock();
        try {
            return blocked.contains(key);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void said(FromWindow message) {
        locked(todo -> {
            switch (message) {
                case FromWindow.Ready ready -> {
                    windowReady = true;
                    cancelWindowWait();
                    next(todo);
                }
                case FromWindow.Mapped mapped -> {
                    if (shown != null && shown.id == mapped.id() && mapWait != null) {
                        mapWait.cancel();
                        mapWait = null;
                        LOG.log(
                                INFO,
                                "dialog {0} came on screen {1} ms after it was asked for",
                                Long.toString(shown.id),
                                Long.toString((System.nanoTime() - shown.since) / 1_000_000));
                    }
                }
                case FromWindow.Armed armed ->
                    LOG.log(System.Logger.Level.DEBUG, "dialog {0} can be answered", armed.id());
                case FromWindow.Answer answer -> answered(answer, todo);
            }
        });
    }

    private void answered(FromWindow.Answer answer, List<Runnable> todo) {
        Entry current = shown;
        if (current == null || current.id != answer.id()) {
            // It crossed a close on the way: the question is over already.
            return;
        }
        gone();
        String key = current.asker.key();
        switch (answer) {
            case FromWindow.Chosen chosen -> {
                var objection = current.question.objectionTo(chosen);
                if (objection.isPresent()) {
                    LOG.log(WARNING, "the window answered something that was not asked: {0}", objection.get());
                    reply(current, new Decision.Denied(Decision.Why.WINDOW_LOST), todo);
                } else {
                    memory.forget(key);
                    reply(current, new Decision.Allowed(chosen), todo);
                }
            }
            case FromWindow.Denied denied -> {
                memory.denied(key);
                reply(current, new Decision.Denied(Decision.Why.BY_USER), todo);
                if (memory.holds(key)) {
                    refuseWaiting(of(key), new Decision.Denied(Decision.Why.REMEMBERED), todo);
                }
            }
            case FromWindow.Blocked block -> {
                blocked.add(key);
                reply(current, new Decision.Denied(Decision.Why.BLOCKING), todo);
                refuseWaiting(of(key), new Decision.Denied(Decision.Why.BLOCKED), todo);
            }
        }
        next(todo);
    }

    @Override
    public void lost(String why) {
        locked(todo -> {
            windowReady = false;
            Entry current = shown;
            if (current != null) {
                gone();
                LOG.log(WARNING, "the consent window was lost while a dialog was open ({0}): the answer is no", why);
                reply(current, new Decision.Denied(Decision.Why.WINDOW_LOST), todo);
            }
            next(todo);
        });
    }

    private Decision.@Nullable Why refusalFor(Asker asker) {
        if (blocked.contains(asker.key())) {
            return Decision.Why.BLOCKED;
        }
        return memory.holds(asker.key()) ? Decision.Why.REMEMBERED : null;
    }

    private List<Entry> open() {
        var entries = new ArrayList<>(waiting);
        if (shown != null) {
            entries.add(shown);
        }
        return entries;
    }

    private static Predicate<Entry> of(String key) {
        return entry -> entry.asker.key().equals(key);
    }

    /** Brings the next question on screen, if there is room and a window. */
    private void next(List<Runnable> todo) {
        while (shown == null && !waiting.isEmpty()) {
            if (!windowReady) {
                if (windowWait == null) {
                    windowWait = timer.after(WINDOW_WAIT, this::windowNeverCame);
                }
                return;
            }
            Entry entry = takeFairly();
            lastKey = entry.asker.key();
            try {
                window.tell(new ToWindow.Show(entry.id, entry.asker.label(), phrase, entry.question));
            } catch (IOException e) {
                LOG.log(WARNING, "the consent window cannot be told to ask: " + e.getMessage());
                windowReady = false;
                reply(entry, new Decision.Denied(Decision.Why.WINDOW_LOST), todo);
                continue;
            }
            shown = entry;
            expiry = timer.after(timing.answerWithin(), () -> expired(entry));
            mapWait = timer.after(MAP_WAIT, () -> neverMapped(entry));
        }
        if (waiting.isEmpty()) {
            cancelWindowWait();
        }
    }

    /** The oldest question of another instance than the last one served, if there is one: no instance can hold the screen. */
    private Entry takeFairly() {
        for (Entry entry : waiting) {
            if (!entry.asker.key().equals(lastKey)) {
                waiting.remove(entry);
                return entry;
            }
        }
        return waiting.removeFirst();
    }

    private void expired(Entry entry) {
        locked(todo -> {
            if (shown == entry) {
                takeDown(entry, ToWindow.Reason.EXPIRED);
                reply(entry, new Decision.Expired(), todo);
                next(todo);
            }
        });
    }

    private void neverMapped(Entry entry) {
        locked(todo -> {
            if (shown == entry) {
                window.restart("a dialog did not come on screen within " + MAP_WAIT.toSeconds() + " s");
            }
        });
    }

    private void windowNeverCame() {
        locked(todo -> {
            windowWait = null;
            if (!windowReady) {
                LOG.log(WARNING, "no consent window for {0} s: what waits is denied", WINDOW_WAIT.toSeconds());
                refuseWaiting(entry -> true, new Decision.Denied(Decision.Why.WINDOW_LOST), todo);
            }
        });
    }

    private void takeDown(Entry entry, ToWindow.Reason reason) {
        gone();
        try {
            window.tell(new ToWindow.Close(entry.id, reason));
        } catch (IOException e) {
            // A window that cannot be told is dying, and its dialog with it; lost() follows.
            LOG.log(WARNING, "the consent window cannot be told to close a dialog: " + e.getMessage());
            windowReady = false;
        }
    }

    private void gone() {
        shown = null;
        if (expiry != null) {
            expiry.cancel();
            expiry = null;
        }
        if (mapWait != null) {
            mapWait.cancel();
            mapWait = null;
        }
    }

    private void cancelWindowWait() {
        if (windowWait != null) {
            windowWait.cancel();
            windowWait = null;
        }
    }

    private void refuseWaiting(Predicate<Entry> which, Decision decision, List<Runnable> todo) {
        waiting.removeIf(entry -> {
            if (!which.test(entry)) {
                return false;
            }
            reply(entry, decision, todo);
            return true;
        });
    }

    private static void reply(Entry entry, Decision decision, List<Runnable> todo) {
        for (Ticket ticket : entry.tickets) {
            todo.add(() -> ticket.reply.accept(decision));
        }
        entry.tickets.clear();
    }

    /** Runs {@code change} under the lock, and the replies it produced afterwards, each on its own. */
    private void locked(Consumer<List<Runnable>> change) {
        var todo = new ArrayList<Runnable>();
        lock.lock();
        try {
            change.accept(todo);
        } finally {
            lock.unlock();
        }
        todo.forEach(replies::execute);
    }
}
