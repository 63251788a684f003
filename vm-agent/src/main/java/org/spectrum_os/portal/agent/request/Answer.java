// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.request;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.ResponseCode;

/** How a request ended, for the application that made it. A withdrawn request has no answer. */
public sealed interface Answer {

    /**
     * Files were lent, and the guest can see each of them.
     *
     * @param filter index into the request's filters, or null
     */
    record Lent(
            List<LentFile> files,
            List<ChosenOption> choices,
            @Nullable Integer filter,
            boolean writable) implements Answer {
        public Lent {
            files = List.copyOf(files);
            choices = List.copyOf(choices);
        }
    }

    /** The host said no, in one of its ways. */
    record Refused(Outcome outcome) implements Answer {}

    /** Nobody decided: the host is away, the link broke, or what was lent cannot be seen here. */
    record Failed(String reason) implements Answer {}

    /** The number that the portal interfaces give this answer. */
    default int responseCode() {
        return switch (this) {
            case Lent lent -> ResponseCode.SUCCESS;
            case Refused refused -> ResponseCode.of(refused.outcome());
            case Failed _ -> ResponseCode.OTHER;
        };
    }
}
