// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import org.spectrum_os.portal.protocol.DisplayText;

/**
 * A text that the guest wrote and the backend made safe to show: one line of plain text, to be shown as a claim and never parsed as
 * markup.
 *
 * @param text      at most {@link ContractLimits#CLAIM_CODE_POINTS} code points, none of which is a control or format character
 * @param shortened whether the guest's own text was longer
 */
public record ClaimedText(String text, boolean shortened) {
    public ClaimedText {
        ContractLimits.oneLine(text, ContractLimits.CLAIM_CODE_POINTS, "a claimed text");
    }

    /** The same text, for the contract. */
    public static ClaimedText of(DisplayText safe) {
        return new ClaimedText(safe.text(), safe.shortened());
    }

    /** The text, with an ellipsis where it was cut. */
    public String shown() {
        return shortened ? text + "…" : text;
    }
}
