// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Untrusted;

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

    /** What a stranger says, made safe; what is beyond {@link Limits#TEXT_CODE_POINTS} is left out. */
    public static ClaimedText of(Untrusted<String> claim) {
        return of(DisplayText.of(claim, Limits.TEXT_CODE_POINTS));
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
