// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import org.spectrum_os.portal.transport.Connection;

/** What is behind a port, besides the links and the files: each connection is a conversation of its own. */
public final class Service {
    final String about;
    final int most;
    final Conversations conversations;
    final Places places;

    /**
     * @param about what the connections are about, for people
     * @param most  connections of one instance at once
     */
    public Service(String about, int most, Conversations conversations) {
        this.about = about;
        this.most = most;
        this.conversations = conversations;
        this.places = new Places(most);
    }

    /** Takes the connections. */
    public interface Conversations {
        /**
         * Serves one to its end, on a thread of its own; closing the connection ends it.
         *
         * @param instance the name of the instance whose it is
         */
        void serve(String instance, Connection connection);
    }
}
