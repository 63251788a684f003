// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.ResponseCode;

/** Whoever can have files chosen. */
public interface Chooser {
    /**
     * Prepares a request; nothing happens before {@link Pending#start}.
     *
     * @param caller the application's connection, as far as the portal tells it; else the connection that asks
     * @param appId who it says asks, already within {@code ask} for showing
     * @param answered hears the result once, from any thread, unless the request is withdrawn before
     * @throws DBusErrorException if too many requests are open
     */
    Pending choose(String caller, String appId, FileAsk ask, Consumer<Result> answered) throws DBusErrorException;

    /** One request. Thread-safe. */
    interface Pending {
        /** Has the files chosen, unless the request was withdrawn already. To be called once; does not wait for the answer. */
        void start();

        /** Nobody wants the answer any more; false if it has been given. */
        boolean withdraw();
    }

    /** What came of it. */
    sealed interface Result {
        /** The number that the portal interfaces give this result. */
        int responseCode();

        /**
         * Files were chosen, or places to save to, in the order of the names asked for.
         *
         * @param filter   an index into the request's filters, or null
         * @param writable whether the application may change them; always so after a save
         */
        record Chosen(
                List<String> uris,
                List<ChosenOption> choices,
                @Nullable Integer filter,
                boolean writable) implements Result {
            public Chosen {
                uris = List.copyOf(uris);
                choices = List.copyOf(choices);
            }

            @Override
            public int responseCode() {
                return ResponseCode.SUCCESS;
            }
        }

        /** No files; the response code says how. */
        record None(int responseCode) implements Result {}
    }
}
