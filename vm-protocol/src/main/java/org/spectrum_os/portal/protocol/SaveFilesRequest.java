// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.util.List;

/**
 * An application wants to write several files into one folder that the user chooses.
 *
 * @param appId         who the application says it is; may be empty
 * @param title         the title it gave the dialog
 * @param names         the names the files are to have, 1 to {@link Limits#FILES}
 * @param choices       at most {@link Limits#CHOICES}
 * @param currentFolder a folder name in the guest, or empty
 */
public record SaveFilesRequest(
        Untrusted<String> appId,
        Untrusted<String> title,
        List<Untrusted<String>> names,
        List<Choice> choices,
        Untrusted<String> currentFolder)
        implements FileAsk {
    public SaveFilesRequest {
        names = Limits.bounded(names, Limits.FILES, "names");
        if (names.isEmpty()) {
            throw new IllegalArgumentException("no names");
        }
        choices = Limits.bounded(choices, Limits.CHOICES, "choices");
    }
}
