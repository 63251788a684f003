// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

/** A real ssh-agent did not do what it was asked; the message says what and why, for the host's log. */
public final class SshAgentFailure extends Exception {
    private static final long serialVersionUID = 1;

    /** What went wrong. */
    public enum Kind {
        /** Nobody listens there, or it went away before it answered, or this side gave up. */
        GONE,
        /** It answered that it will not: it has no such key, it is locked, or its own user said no. */
        REFUSED,
        /** Its answer was not understood. */
        MALFORMED
    }

    private final Kind kind;

    SshAgentFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    SshAgentFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
