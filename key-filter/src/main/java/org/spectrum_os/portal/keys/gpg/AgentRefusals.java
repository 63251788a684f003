// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

/** What a real gpg-agent's errors mean, by what it was asked for. */
enum AgentRefusals {
    ANY,
    /** READKEY, whose key may be missing in several ways. */
    READING,
    /** PKDECRYPT, where what the guest sent may be at fault. */
    DECRYPTING;

    /** GPG_ERR_ENOENT: GPG_ERR_SYSTEM_ERROR and 81. */
    private static final int NO_SUCH_FILE = 32768 | 81;

    AgentFailure failure(AgentClient.Refusal refusal) {
        return new AgentFailure(
                kind(refusal.code()),
                "the host's gpg-agent refused: " + refusal.text() + " (" + refusal.code() + ")"
                        + advice(refusal.code()));
    }

    /** By the codes of libgpg-error. */
    private AgentFailure.Kind kind(int code) {
        return switch (code) {
            // CANCELED, NOT_CONFIRMED, FULLY_CANCELED
            case 99, 114, 198 -> AgentFailure.Kind.DENIED;
            case 62 -> AgentFailure.Kind.EXPIRED;
            case 17 -> AgentFailure.Kind.NO_KEY;
            // NOT_FOUND
            case 27, NO_SUCH_FILE -> this == READING ? AgentFailure.Kind.NO_KEY : AgentFailure.Kind.HOST_FAILED;
            // BAD_PASSPHRASE, INV_PASSPHRASE, BAD_PIN
            case 11, 31, 87 -> AgentFailure.Kind.BAD_PASSPHRASE;
            // WRONG_CARD, CARD, CARD_REMOVED, CARD_NOT_PRESENT, NO_SCDAEMON
            case 91, 108, 110, 112, 119 -> AgentFailure.Kind.NO_CARD;
            // WRONG_SECKEY, NO_DATA, INV_OBJ, CONFLICT (another algorithm), INV_DATA, INV_SEXP, BAD_DATA,
            // DECRYPT_FAILED
            case 18, 58, 65, 70, 79, 83, 89, 152 ->
                this == DECRYPTING ? AgentFailure.Kind.UNDECRYPTABLE : AgentFailure.Kind.HOST_FAILED;
            default -> AgentFailure.Kind.HOST_FAILED;
        };
    }

    private static String advice(int code) {
        return switch (code) {
            // NO_PIN_ENTRY, PIN_ENTRY
            case 85, 86 ->
                "; its pinentry does not run in this session: set pinentry-program in gpg-agent.conf to a graphical one";
            case 119 -> "; the key is on a card, and scdaemon is not installed";
            case 91, 110, 112 -> "; put in the card that has the key";
            case 251 -> "; use its main socket, not the restricted one";
            default -> "";
        };
    }
}
