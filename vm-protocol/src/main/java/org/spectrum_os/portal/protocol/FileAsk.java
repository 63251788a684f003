// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.util.List;

/**
 * What an application asked of the file chooser, one kind for each method of the portal. Options that would let it steer the user (the
 * button's label, the start folder, modality) do not cross the border; the folder does, as a hint to be shown.
 */
public sealed interface FileAsk permits FileRequest, SaveRequest, SaveFilesRequest {
    /** Who the application says it is; may be empty. */
    Untrusted<String> appId();

    /** The title it gave the dialog. */
    Untrusted<String> title();

    /** At most {@link Limits#FILTERS}; none where the method has none. */
    default List<FileFilter> filters() {
        return List.of();
    }

    /** At most {@link Limits#CHOICES}. */
    List<Choice> choices();

    /** A folder name in the guest, or empty. */
    Untrusted<String> currentFolder();
}
