// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import org.spectrum_os.portal.backend.lease.KeyLoan;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.consent.contract.KeyQuestion;

/**
 * One operation that an instance wants.
 *
 * @param rule    by which it may ask
 * @param use     what for
 * @param key     what the user is told of the key
 * @param subject what is signed, decrypted or proved
 * @param claim   the same in a few words that are safe to show, for the audit log
 */
record KeyRequest(KeyRule rule, KeyUse use, KeyQuestion.Key key, KeyQuestion.Subject subject, String claim) {

    KeyQuestion.Operation operation() {
        return switch (subject) {
            case KeyQuestion.Subject.Content _,
                    KeyQuestion.Subject.UnseenHash _,
                    KeyQuestion.Subject.UnseenSshSignature _ -> KeyQuestion.Operation.SIGN;
            case KeyQuestion.Subject.UnseenCiphertext _ -> KeyQuestion.Operation.DECRYPT;
            case KeyQuestion.Subject.Login _ -> KeyQuestion.Operation.LOG_IN;
        };
    }

    /** What "again" would be: content that is seen does not stand for hashes that are not. */
    KeyLoan loan() {
        return new KeyLoan(rule.key().fingerprint(), use, subject instanceof KeyQuestion.Subject.Content);
    }

    /** As the audit log calls what is asked for. */
    String kind() {
        return switch (operation()) {
            case SIGN -> "sign";
            case DECRYPT -> "decrypt";
            case LOG_IN -> "log-in";
        };
    }
}
