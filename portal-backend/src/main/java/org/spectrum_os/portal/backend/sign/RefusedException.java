// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.keys.gpg.AgentFailure;
import org.spectrum_os.portal.protocol.KeyMessage;

/** The answer is no. This is the one place where that becomes what a guest hears, on each of its ways. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial")
    private final Decision.Refused decision;

    RefusedException(Decision.Refused decision) {
        super(decision.why());
        this.decision = decision;
    }

    RefusedException(Decision.Why why) {
        this(new Decision.Denied(why));
    }

    Decision.Refused decision() {
        return decision;
    }

    /** To a guest command that sent content. */
    KeyMessage.Why toSigner() {
        return switch (kind()) {
            case DENIED -> KeyMessage.Why.DENIED;
            case EXPIRED -> KeyMessage.Why.EXPIRED;
            case NO_KEY -> KeyMessage.Why.NO_KEY;
            default -> KeyMessage.Why.HOST_FAILED;
        };
    }

    /** To a guest's gpg. */
    AgentFailure toAgent() {
        return new AgentFailure(kind(), decision.why());
    }

    private AgentFailure.Kind kind() {
        return switch (decision) {
            case Decision.Expired _ -> AgentFailure.Kind.EXPIRED;
            case Decision.Cancelled _ -> AgentFailure.Kind.DENIED;
            case Decision.Denied(Decision.Why why) ->
                switch (why) {
                    case NO_KEY -> AgentFailure.Kind.NO_KEY;
                    case KEY_FAILED, NOT_RECORDED -> AgentFailure.Kind.HOST_FAILED;
                    case BY_USER,
                            BY_POLICY,
                            REMEMBERED,
                            BLOCKING,
                            BLOCKED,
                            TOO_MANY,
                            WINDOW_LOST,
                            NOT_OFFERED,
                            NO_DEVICE,
                            DEVICE_CHANGED,
                            DEVICE_FAILED,
                            FILE_CHANGED,
                            NOT_DELIVERABLE -> AgentFailure.Kind.DENIED;
                };
        };
    }
}
