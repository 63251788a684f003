// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.Optional;
import org.spectrum_os.portal.store.End;

/** What ends mean to each other, and in the audit log. */
final class Ends {
    private Ends() {}

    /**
     * The later of two; empty if neither is later in every case, such as a moment and the stop of a VM.
     */
    static Optional<End> later(End one, End other) {
        if (one.equals(other) || one instanceof End.Never) {
            return Optional.of(one);
        }
        if (other instanceof End.Never) {
            return Optional.of(other);
        }
        if (one instanceof End.At(var first) && other instanceof End.At(var second)) {
            return Optional.of(first.isBefore(second) ? other : one);
        }
        return Optional.empty();
    }

    /** For the audit log: the word for it, with the number that belongs to it; or the moment. */
    static String words(End end) {
        return switch (end) {
            case End.At(var when) -> when.toString();
            case End.Uses(long most) -> end.word() + " " + most;
            case End.Never _, End.InstanceStops _, End.Policy _ -> end.word();
        };
    }
}
