// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.Question;
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

    private static final System.Logger LOG = System.getLogger(ConsentDesk.class.getName());

    private final ConsentWindow window;
    private final Timer timer;
    private final Executor replies;

    private final ReentrantLock lock = new ReentrantLock();
    private final WaitingLine waiting = new WaitingLine(WAITING_MOST);
    private final DenialMemory memory;
    private final Set<String> blocked = new HashSet<>();
    private Policy.Timing timing;
    private @Nullable String phrase;
    private final Screen screen;
    private Timer.@Nullable Alarm windowWait;
    private boolean windowReady;
    private long lastId;

    public ConsentDesk(
            ConsentWindow window, Policy.Timing timing, @Nullable String phrase, Timer timer, Executor replies) {
        this.window = window;
        this.timing = timing;
        this.phrase = phrase;
        this.timer = timer;
        this.replies = replies;
        this.screen = new Screen(window, timer, this::expired, this::neverMapped);
        this.memory = new DenialMemory(timing.denialMemory(), timing.denialMemoryMost(), timer);
    }

    /** From the next dialog on. */
    public void policyChanged(Policy.Timing nowTiming, @Nullable String nowPhrase) {
        lock.lock();
        try {
            timing = nowTiming;
            phrase = nowPhrase;
            memory.set(nowTiming.denialMemory(), nowTiming.denialMemoryMost());
        } finally {
            lock.unlock();
        }
    }

    /** The right to one reply. */
    public final class Ticket {
        private final Consumer<Decision> reply;

        private Ticket(Consumer<Decision> reply) {
            this.reply = reply;
        }

        void reply(Decision decision) {
            reply.accept(decision);
        }

        /**
         * The asker does not want the answer any more: no reply follows, unless it is on its way already. The dialog closes when
         * nobody else asked the same.
         */
        public void withdraw(ToWindow.Reason reason) {
            locked(todo -> {
                Asked current = screen.shown();
                if (current != null && current.leave(this)) {
                    takeDown(current, reason);
                }
                waiting.leave(this);
                next(todo);
            });
        }
    }

    /** Asks the user; {@code reply} hears the decision. */
    public Ticket ask(Asker asker, Question question, Consumer<Decision> reply) {
        var ticket = new Ticket(reply);
        locked(todo -> {
            Decision.Why refusal = refusalFor(asker);
            if (refusal != null) {
                todo.add(() -> reply.accept(new Decision.Denied(refusal)));
                return;
            }
            Optional<Asked> same = same(asker, question);
            if (same.isPresent()) {
                same.get().join(ticket);
                return;
            }
            if (waiting.isFullFor(asker.key())) {
                todo.add(() -> reply.accept(new Decision.Denied(Decision.Why.TOO_MANY)));
                return;
            }
            var asked = new Asked(++lastId, asker, question, timer.nanos());
            asked.join(ticket);
            waiting.add(asked);
            next(todo);
        });
        return ticket;
    }

    private Optional<Asked> same(Asker asker, Question question) {
        if (!question.isShareable()) {
            return Optional.empty();
        }
        Asked current = screen.shown();
        return current != null && current.isSame(asker, question)
                ? Optional.of(current)
                : waiting.same(asker, question);
    }

    /**
     * The instance stopped: its questions are cancelled. What is held against it stays: a guest can stop and start what tells us of it
     * as it likes.
     */
    public void instanceStopped(String key) {
        locked(todo -> {
            Asked current = screen.shown();
            if (current != null && current.isFrom(key)) {
                takeDown(current, ToWindow.Reason.VM_STOPPED);
                current.reply(new Decision.Cancelled(), todo);
            }
            waiting.refuse(asked -> asked.isFrom(key), new Decision.Cancelled(), todo);
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
                case FromWindow.Mapped mapped -> screen.mapped(mapped.id());
                case FromWindow.Armed armed ->
                    LOG.log(System.Logger.Level.DEBUG, "dialog {0} can be answered", armed.id());
                case FromWindow.Answer answer -> answered(answer, todo);
            }
        });
    }

    private void answered(FromWindow.Answer answer, List<Runnable> todo) {
        Asked current = screen.shown();
        if (current == null || current.id != answer.id()) {
            // It crossed a close on the way: the question is over already.
            return;
        }
        screen.clear();
        String key = current.asker.key();
        switch (answer) {
            case FromWindow.Yes yes -> {
                var objection = current.question.objectionTo(yes);
                if (objection.isPresent()) {
                    LOG.log(WARNING, "the window answered something that was not asked: {0}", objection.get());
                    current.reply(new Decision.Denied(Decision.Why.WINDOW_LOST), todo);
                } else {
                    memory.forget(key);
                    current.reply(new Decision.Allowed(yes), todo);
                }
            }
            case FromWindow.Denied denied -> {
                memory.denied(key);
                current.reply(new Decision.Denied(Decision.Why.BY_USER), todo);
                if (memory.holds(key)) {
                    waiting.refuse(asked -> asked.isFrom(key), new Decision.Denied(Decision.Why.REMEMBERED), todo);
                }
            }
            case FromWindow.Blocked block -> {
                blocked.add(key);
                current.reply(new Decision.Denied(Decision.Why.BLOCKING), todo);
                waiting.refuse(asked -> asked.isFrom(key), new Decision.Denied(Decision.Why.BLOCKED), todo);
            }
        }
        next(todo);
    }

    @Override
    public void lost(String why) {
        locked(todo -> {
            windowReady = false;
            Asked current = screen.shown();
            if (current != null) {
                screen.clear();
                LOG.log(WARNING, "the consent window was lost while a dialog was open ({0}): the answer is no", why);
                current.reply(new Decision.Denied(Decision.Why.WINDOW_LOST), todo);
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

    /** Brings the next question on screen, if there is room and a window. */
    private void next(List<Runnable> todo) {
        while (screen.shown() == null && !waiting.isEmpty()) {
            if (!windowReady) {
                if (windowWait == null) {
                    windowWait = timer.after(WINDOW_WAIT, this::windowNeverCame);
                }
                return;
            }
            Asked entry = waiting.takeFairly();
            if (!screen.show(entry, phrase, timing.answerWithin())) {
                windowReady = false;
                entry.reply(new Decision.Denied(Decision.Why.WINDOW_LOST), todo);
            }
        }
        if (waiting.isEmpty()) {
            cancelWindowWait();
        }
    }

    private void expired(Asked entry) {
        locked(todo -> {
            if (screen.shown() == entry) {
                takeDown(entry, ToWindow.Reason.EXPIRED);
                entry.reply(new Decision.Expired(), todo);
                next(todo);
            }
        });
    }

    private void neverMapped(Asked entry) {
        locked(todo -> {
            if (screen.shown() == entry) {
                window.restart("a dialog did not come on screen within " + Screen.MAP_WAIT.toSeconds() + " s");
            }
        });
    }

    private void windowNeverCame() {
        locked(todo -> {
            windowWait = null;
            if (!windowReady) {
                LOG.log(WARNING, "no consent window for {0} s: what waits is denied", WINDOW_WAIT.toSeconds());
                waiting.refuse(entry -> true, new Decision.Denied(Decision.Why.WINDOW_LOST), todo);
            }
        });
    }

    private void takeDown(Asked entry, ToWindow.Reason reason) {
        if (!screen.close(entry, reason)) {
            windowReady = false;
        }
    }

    private void cancelWindowWait() {
        if (windowWait != null) {
            windowWait.cancel();
            windowWait = null;
        }
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
