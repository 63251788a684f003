// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import java.io.IOException;
import java.time.Duration;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;

/** The last words on a link that cannot go on. */
final class Refusal {
    private static final System.Logger LOG = System.getLogger(Refusal.class.getName());
    /** Long enough for a guest to read one message, short enough to be no burden. */
    static final Duration LINGER = Duration.ofMillis(500);

    static final int DROPPED_MOST = 4 * Limits.FRAME_BYTES;

    private Refusal() {}

    /** Says why, and closes the link so that the guest hears it, if it listens: takes at most two times {@link #LINGER}. */
    static void send(MessageChannel channel, Message.Reason reason, String explanation) {
        try {
            channel.send(new Message.Refused(reason, explanation), LINGER);
            channel.connection().closeAfterDraining(LINGER, DROPPED_MOST);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the guest did not wait to hear why: {0}", e.getMessage());
            channel.close();
        }
    }
}
