// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.util.List;

/**
 * The keys that one guest may use, as the conversation with it sees them: a key that it may not use does not exist. Calls may block for as
 * long as a person takes; they come from the conversation's one thread.
 */
public interface GuestKeys {
    /** All of them, in the policy's order, subkeys included. */
    List<Keygrip> all();

    /**
     * The public key, as the real agent's READKEY gives it.
     *
     * @throws AgentFailure if it is none of {@link #all}, or the real agent does not say
     */
    byte[] publicKey(Keygrip key) throws AgentFailure;

    /**
     * Has a hash signed; asks the user first.
     *
     * @return the signature as a canonical s-expression {@code (7:sig-val…)}
     * @throws AgentFailure if there is no signature
     */
    byte[] sign(Keygrip key, HashAlgorithm algorithm, byte[] hash) throws AgentFailure;

    /**
     * Has something decrypted; asks the user first.
     *
     * @throws AgentFailure if it is not decrypted
     */
    Plain decrypt(Keygrip key, Ciphertext ciphertext) throws AgentFailure;

    /**
     * What was decrypted.
     *
     * @param value   as a canonical s-expression {@code (5:value…)}
     * @param padding as gpg-agent's status line PADDING tells it, or -1 if it does not
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Plain(byte[] value, int padding) {}
}
