// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

/**
 * Text of several lines that the guest wrote and the backend made safe to show: plain text, nothing invisible in it but line feeds.
 *
 * @param text      at most {@link #MOST} characters
 * @param shortened whether there is more than this shows
 */
public record ShownText(String text, boolean shortened) {
    /** UTF-16 units: 64 KiB of text, each byte of which may have become {@code ⟨U+XXXX⟩}. */
    public static final int MOST = 64 * 1024 * 8;

    public ShownText {
        if (text.length() > MOST) {
            throw new IllegalArgumentException("a text of " + text.length() + " characters");
        }
        if (text.codePoints().anyMatch(c -> c != '\n' && ContractLimits.isUnsafe(c))) {
            throw new IllegalArgumentException("a text holds a control or invisible character");
        }
    }
}
