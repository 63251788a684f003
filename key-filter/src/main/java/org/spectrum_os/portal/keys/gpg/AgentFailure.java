// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

/** An operation was not carried out; the guest is told by a code of libgpg-error and nothing else. */
public final class AgentFailure extends Exception {
    private static final long serialVersionUID = 1;

    /** What the guest hears. */
    public enum Kind {
        /** GPG_ERR_CANCELED: denied, by the user or in the user's name. */
        DENIED(99, "Operation cancelled"),
        /** GPG_ERR_TIMEOUT: nobody answered. */
        EXPIRED(62, "Timeout"),
        /** GPG_ERR_NO_SECKEY: no such key may be used, or not for this. */
        NO_KEY(17, "No secret key"),
        /** GPG_ERR_GENERAL: the host's own part failed. */
        HOST_FAILED(1, "General error"),
        /** GPG_ERR_BAD_PASSPHRASE: the host's pinentry did not get the right one. */
        BAD_PASSPHRASE(11, "Bad passphrase"),
        /** GPG_ERR_CARD_NOT_PRESENT: the key is on a card that is not there. */
        NO_CARD(112, "Card not present"),
        /** GPG_ERR_DECRYPT_FAILED: what was sent cannot be decrypted with this key. */
        UNDECRYPTABLE(152, "Decryption failed");

        private final int code;
        private final String text;

        Kind(int code, String text) {
            this.code = code;
            this.text = text;
        }

        /** The code of libgpg-error, with GPG_ERR_SOURCE_GPGAGENT (4) in its upper bits. */
        public int code() {
            return (4 << 24) | code;
        }

        /** As libgpg-error words it. */
        public String text() {
            return text;
        }
    }

    private final Kind kind;

    /** {@code message} is for the host's log. */
    public AgentFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** {@code message} is for the host's log. */
    public AgentFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
