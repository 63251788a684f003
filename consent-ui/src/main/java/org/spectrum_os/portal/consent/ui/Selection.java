// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedChoice;
import org.spectrum_os.portal.consent.contract.Terms;

/**
 * What the user set, as it is when he lends.
 *
 * @param paths      absolute paths: what is to be opened, the one file to save, or the one folder to save several files into
 * @param companions names of what is to be lent along with the one file
 * @param choices    one for each choice of the question
 * @param filter     index of the filter in force, or null if the question has none
 * @param terms      on which it is lent; null for an application of the host
 */
public record Selection(
        List<String> paths,
        List<String> companions,
        List<PickedChoice> choices,
        @Nullable Integer filter,
        @Nullable Terms terms) {
    public Selection {
        paths = List.copyOf(paths);
        companions = List.copyOf(companions);
        choices = List.copyOf(choices);
    }
}
