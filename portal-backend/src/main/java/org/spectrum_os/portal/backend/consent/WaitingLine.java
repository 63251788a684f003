// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.Question;

/** The questions that wait for the screen: bounded for each instance, and served in turn. Not thread-safe. */
final class WaitingLine {
    private final Deque<Asked> waiting = new ArrayDeque<>();
    private final int mostOfOne;
    private @Nullable String lastKey;

    WaitingLine(int mostOfOne) {
        this.mostOfOne = mostOfOne;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean isFullFor(String key) {
        return waiting.stream().filter(asked -> asked.isFrom(key)).count() >= mostOfOne;
    }

    Optional<Asked> same(Asker asker, Question question) {
        return waiting.stream().filter(asked -> asked.isSame(asker, question)).findFirst();
    }

    void add(Asked asked) {
        waiting.add(asked);
    }

    /** The oldest question of another instance than the last one served, if there is one: no instance can hold the screen. */
    Asked takeFairly() {
        Asked next = waiting.stream()
                .filter(asked -> !asked.asker.key().equals(lastKey))
                .findFirst()
                .orElseGet(waiting::getFirst);
        waiting.remove(next);
        lastKey = next.asker.key();
        return next;
    }

    void leave(ConsentDesk.Ticket ticket) {
        waiting.removeIf(asked -> asked.leave(ticket));
    }

    void refuse(Predicate<Asked> which, Decision decision, List<Runnable> todo) {
        waiting.removeIf(asked -> {
            if (!which.test(asked)) {
                return false;
            }
            asked.reply(decision, todo);
            return true;
        });
    }
}
