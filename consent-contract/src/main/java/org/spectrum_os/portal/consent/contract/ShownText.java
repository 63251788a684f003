// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

/**
 * Text of several lines that the guest wrote and the backend made safe to show: plain text, nothing invisible in it but line feeds.
 *
 * @param text      at most {@link #MOST} characters
 * @param shortened whether it is longer than the {@link #SHOWN_BYTES} that are shown of it
 */
public record ShownText(String text, boolean shortened) {
    /** How much of a longer text is shown: its first 64 KiB, as it is in UTF-8. */
    public static final int SHOWN_BYTES = 64 * 1024;
    /** UTF-16 units: each of those bytes may have become {@code ⟨U+XXXX⟩}. */
    public static final int MOST = SHOWN_BYTES * 8;

    public ShownText {
        if (text.length() > MOST) {
            throw new IllegalArgumentException("a text of " + text.length() + " characters");
        }
        if (text.codePoints().anyMatch(c -> c != '\n' && ContractLimits.isUnsafe(c))) {
            throw new IllegalArgumentException("a text holds a control or invisible character");
        }
    }
}
