// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import java.util.ArrayList;
import java.util.List;
import org.spectrum_os.portal.consent.contract.Question;

/** One question, and everybody who asked it. Not thread-safe. */
final class Asked {
    final long id;
    final Asker asker;
    final Question question;
    /** By the desk's timer. */
    final long since;

    private final List<ConsentDesk.Ticket> tickets = new ArrayList<>();

    Asked(long id, Asker asker, Question question, long since) {
        this.id = id;
        this.asker = asker;
        this.question = question;
        this.since = since;
    }

    boolean isFrom(String key) {
        return asker.key().equals(key);
    }

    boolean isSame(Asker otherAsker, Question otherQuestion) {
        return asker.equals(otherAsker) && question.equals(otherQuestion);
    }

    void join(ConsentDesk.Ticket ticket) {
        tickets.add(ticket);
    }

    /** Whether nobody asks this any more, now that {@code ticket} does not. */
    boolean leave(ConsentDesk.Ticket ticket) {
        return tickets.remove(ticket) && tickets.isEmpty();
    }

    /** Puts the replies to everybody into {@code todo}; they get no other. */
    void reply(Decision decision, List<Runnable> todo) {
        for (ConsentDesk.Ticket ticket : tickets) {
            todo.add(() -> ticket.reply(decision));
        }
        tickets.clear();
    }
}
