// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;

/** Writes down what was refused, whatever was asked for. Thread-safe. */
public final class DecisionLog {
    private static final System.Logger LOG = System.getLogger(DecisionLog.class.getName());

    private final AuditBook audit;

    public DecisionLog(AuditBook audit) {
        this.audit = audit;
    }

    /** A refusal stands even when it cannot be written down. Those that the user had no part in come out of the instance's budget. */
    public void refused(String instance, String request, Decision.Refused decision) {
        refused(instance, request, decision.word(), decision);
    }

    /** As {@link #refused(String, String, Decision.Refused)}, where {@code word} says what became of it. */
    public void refused(String instance, String request, String word, Decision.Refused decision) {
        var event = new AuditEvent.Decided(instance, request, word, decision.why());
        try {
            if (decision.byUser()) {
                audit.write(event);
            } else {
                audit.writeWithinBudget(event);
            }
        } catch (IOException e) {
            LOG.log(WARNING, e.getMessage());
        }
    }

    /** The asker does not want the answer any more. */
    public void withdrawn(String instance, String request) {
        try {
            audit.writeWithinBudget(new AuditEvent.Decided(instance, request, "withdrawn", null));
        } catch (IOException e) {
            LOG.log(WARNING, e.getMessage());
        }
    }
}
