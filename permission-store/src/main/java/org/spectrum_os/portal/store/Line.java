// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;

/**
 * One line of a file. Lines say how something is, not how it changes, so that reading one twice does no harm.
 */
sealed interface Line {
    /**
     * The first line of every file.
     *
     * @param number  of a journal: its own; of a store: of the first journal that follows it
     * @param latest  the latest time that any line has borne
     * @param unknown members a newer version wrote
     */
    record Header(String format, long number, Instant latest, Unknown unknown) implements Line {}

    /** An entry as a whole. */
    record Set(String table, String id, Entry entry) implements Line {}

    /** An entry's value. */
    record Data(String table, String id, MarshalledValue data) implements Line {}

    /** One permission of an entry. */
    record Allow(String table, String id, String app, Permission permission) implements Line {}

    /** One permission is gone. */
    record Forbid(
            String table, String id, String app, @Nullable EndReason why) implements Line {}

    /** An entry is gone. */
    record Delete(String table, String id, @Nullable EndReason why) implements Line {}

    /** What a newer version wrote: kept, and not understood. */
    record Foreign(JsonNode object) implements Line {}
}
