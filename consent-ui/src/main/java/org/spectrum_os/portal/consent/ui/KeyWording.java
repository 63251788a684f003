// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import org.spectrum_os.portal.consent.contract.KeyQuestion.Operation;

/** Every word of a dialog about a key, but for the sentence that says what will happen ({@link KeyOutcome}). */
public final class KeyWording {
    private KeyWording() {}

    /** What the VM does, after its name. */
    static String asks(Operation operation) {
        return switch (operation) {
            case SIGN -> "asks for a signature";
            case DECRYPT -> "asks to decrypt a message";
            case LOG_IN -> "asks to log in to a server";
        };
    }

    /** The button that agrees, with its mnemonic, which is not the one of Deny, Block or the check box. */
    static String agree(Operation operation) {
        return switch (operation) {
            case SIGN -> "_Sign";
            case DECRYPT -> "D_ecrypt";
            case LOG_IN -> "_Log in";
        };
    }
}
