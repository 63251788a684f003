// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.LentFile;

/** How a request for files ended, as its instance will hear it. */
public sealed interface FileReply {
    /**
     * Files or folders were lent; each is in the guest's tree already.
     *
     * @param writable whether the guest may change them
     */
    record Lent(
            List<LentFile> files,
            List<ChosenOption> choices,
            @Nullable Integer filter,
            boolean writable) implements FileReply {}

    /** Nothing was lent. */
    record Refused(Decision.Refused decision) implements FileReply {}
}
