// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.request;

import java.io.IOException;
import java.time.Duration;
import org.spectrum_os.portal.protocol.Message;

/** The other end of the link, as the requests see it. */
public interface Host {
    /**
     * Returns the link that is up, or waits for one.
     *
     * @param patience the longest wait
     * @throws HostAwayException if there was none in time, or the host refuses this agent
     */
    Line awaitLine(Duration patience) throws HostAwayException, InterruptedException;

    /** One link, from its welcome to its end. An answer never comes on another line than its question went out on. */
    interface Line {
        /** Writes a message; blocks a platform thread while the host does not read. Fails once the link has ended. */
        void send(Message.FromGuest message) throws IOException;
    }

    /** What comes from the host; one call at a time. */
    interface Events {
        void granted(Line line, Message.Granted granted);

        void ended(Line line, Message.Ended ended);

        /** A line that had been handed out is no more. */
        void lost(Line line, String why);
    }

    /** There is no link to the host; the message says why. */
    final class HostAwayException extends Exception {
        private static final long serialVersionUID = 1;

        public HostAwayException(String message) {
            super(message);
        }
    }
}
