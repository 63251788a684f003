// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.Message;

/** What a link asks the rest of the backend to do. */
public interface Requests {
    /** A request under way. */
    interface Open {
        void withdraw(ToWindow.Reason reason);
    }

    /**
     * Begins a request.
     *
     * @param instance the name of the instance that asks
     * @param answer   called at most once, from any thread, with a {@code Granted} or {@code Ended} of the same number; never blocks.
     *     Tells, once it is known, whether the guest was still waiting for it and has been told
     */
    Open begin(String instance, long request, FileAsk ask, Function<Message.FromHost, CompletionStage<Boolean>> answer);
}
