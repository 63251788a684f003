// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import java.util.List;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.InstanceLabel;

/** Plain questions and answers for tests. */
public final class Questions {
    private Questions() {}

    public static FileQuestion titled(String title) {
        return new FileQuestion(
                new ClaimedText("org.example.App", false),
                new ClaimedText(title, false),
                new org.spectrum_os.portal.consent.contract.Purpose.OpenFiles(false),
                List.of(),
                null,
                List.of(),
                null);
    }

    public static Asker asker(String instance) {
        return new Asker(instance, new InstanceLabel(instance, "#3584e4"));
    }

    public static FromWindow.Chosen chosen(long id, String... paths) {
        return new FromWindow.Chosen(
                id,
                java.util.Arrays.stream(paths)
                        .map(path -> FromWindow.PickedFile.file(path, 1, 2))
                        .toList(),
                List.of(),
                null,
                org.spectrum_os.portal.consent.contract.Terms.LEAST);
    }
}
