// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An application wants to write one file, at a place and under a name that the user gives.
 *
 * @param appId         who the application says it is; may be empty
 * @param title         the title it gave the dialog
 * @param currentName   the file name it suggests, or empty
 * @param filters       at most {@link Limits#FILTERS}
 * @param currentFilter index into {@code filters}, or null for the first
 * @param choices       at most {@link Limits#CHOICES}
 * @param currentFolder a folder name in the guest, or empty
 */
public record SaveRequest(
        Untrusted<String> appId,
        Untrusted<String> title,
        Untrusted<String> currentName,
        List<FileFilter> filters,
        @Nullable Integer currentFilter,
        List<Choice> choices,
        Untrusted<String> currentFolder)
        implements FileAsk {
    public SaveRequest {
        filters = Limits.bounded(filters, Limits.FILTERS, "filters");
        choices = Limits.bounded(choices, Limits.CHOICES, "choices");
        FileFilter.requireIndex(currentFilter, filters);
    }
}
