// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An application wants to open files, or folders, that the user chooses.
 *
 * @param appId         who the application says it is; may be empty
 * @param title         the title it gave the dialog
 * @param multiple      whether several files may be chosen
 * @param directory     whether folders are to be chosen instead of files
 * @param filters       at most {@link Limits#FILTERS}
 * @param currentFilter index into {@code filters}, or null for the first
 * @param choices       at most {@link Limits#CHOICES}
 * @param currentFolder a folder name in the guest, or empty
 */
public record FileRequest(
        Untrusted<String> appId,
        Untrusted<String> title,
        boolean multiple,
        boolean directory,
        List<FileFilter> filters,
        @Nullable Integer currentFilter,
        List<Choice> choices,
        Untrusted<String> currentFolder)
        implements FileAsk {
    public FileRequest {
        filters = Limits.bounded(filters, Limits.FILTERS, "filters");
        choices = Limits.bounded(choices, Limits.CHOICES, "choices");
        FileFilter.requireIndex(currentFilter, filters);
    }
}
