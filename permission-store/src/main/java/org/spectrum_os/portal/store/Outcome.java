// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What became of a {@link Change}. */
public sealed interface Outcome {
    /**
     * It is on the disk, and everybody sees it.
     *
     * @param before the entry as it was; null if there was none
     * @param after  as it is; null if there is none
     * @param ended  the permission that ended by this, when it was used up or finished
     */
    record Done(
            @Nullable Entry before,
            @Nullable Entry after,
            @Nullable Ended ended) implements Outcome {}

    /** It cannot be done; nothing has changed. */
    record Refused(Change.Refusal why) implements Outcome {}

    /** It could not be written; nothing has changed, and nothing that was stored is lost. */
    record Failed(IOException cause) implements Outcome {}

    /** A permission that is over. */
    record Ended(String app, Permission permission, EndReason why) {}
}
