// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of {@link AuditEvent}, by the word that stands in the line. */
public enum AuditKind {
    LINKED,
    LINK_REFUSED,
    LINK_ENDED,
    REQUESTED,
    DECIDED,
    GRANTED,
    RESTORED,
    USED,
    KEY_USED,
    REPLACED,
    NOT_REPLACED,
    ENDED,
    SUPPRESSED;

    /** As it stands in the line's {@code event}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind of that word; empty if there is none, as for a line that a later version wrote. */
    public static Optional<AuditKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }
}
