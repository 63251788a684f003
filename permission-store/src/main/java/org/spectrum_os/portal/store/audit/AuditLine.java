// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import java.time.Instant;
import java.util.SequencedMap;

/**
 * One line as it stands in a log, of this version or another. Its texts may hold any character: whoever shows them makes them safe.
 *
 * @param instance whose it is: a VM's name, {@code host:} and an application of the host, or {@code host}
 * @param time     of writing, by the clock of then
 * @param event    the kind's word, one of {@link AuditKind}'s or a later version's
 * @param fields   the other members in their order, as text; what is no text or number is JSON
 * @param text     the line as it stands, valid JSON, without its end
 */
public record AuditLine(String instance, Instant time, String event, SequencedMap<String, String> fields, String text) {

    /** Whether {@code name} means this line's source; {@code host} means whatever is no VM's. */
    public boolean isOf(String name) {
        return name.equals(instance)
                || (name.equals(AuditSource.HOST_FOLDER)
                        && AuditSource.ofInstance(instance) instanceof AuditSource.Host);
    }
}
