// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.util.List;

/**
 * An extra control that the application wants in the dialog: a drop-down, or a check box when there are no options.
 *
 * @param initial the id of the option selected at first, {@code "true"}/{@code "false"} for a check box, or empty
 */
public record Choice(Untrusted<String> id, Untrusted<String> label, List<Option> options, Untrusted<String> initial) {
    public Choice {
        options = Limits.bounded(options, Limits.OPTIONS, "options");
    }

    /** One entry of a drop-down. */
    public record Option(Untrusted<String> id, Untrusted<String> label) {}
}
