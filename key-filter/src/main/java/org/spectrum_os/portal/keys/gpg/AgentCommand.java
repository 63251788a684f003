// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.util.List;

/** All that a guest may say to its gpg-agent. What is not here ends its connection. */
sealed interface AgentCommand {
    /** Something that has no effect here: NOP, SETKEYDESC (the host words its own), UPDATESTARTUPTTY. */
    record Nothing() implements AgentCommand {}

    /** BYE. */
    record Bye() implements AgentCommand {}

    /** RESET: forgets the key and the hash. */
    record Reset() implements AgentCommand {}

    /** OPTION, about the guest's own terminal or display, or how its agent is to behave; nothing comes of any of them. */
    record Option(Answer answer) implements AgentCommand {
        enum Answer {
            TAKEN,
            /** Another way to ask for passphrases: {@code pinentry-mode=loopback}. */
            UNSUPPORTED,
            UNKNOWN
        }
    }

    /** HAVEKEY with keygrips: is there one of them? */
    record HaveKey(List<Keygrip> keys) implements AgentCommand {}

    /** HAVEKEY --list: all keygrips, if they are not more than {@code most}. */
    record ListKeys(int most) implements AgentCommand {}

    /** KEYINFO of one key; in data lines or as a status. */
    record KeyInfo(Keygrip key, boolean data) implements AgentCommand {}

    /** KEYINFO --list. */
    record ListKeyInfo(boolean data) implements AgentCommand {}

    /** SIGKEY, SETKEY. */
    record SetKey(Keygrip key) implements AgentCommand {}

    /** SETHASH. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record SetHash(HashAlgorithm algorithm, byte[] hash) implements AgentCommand {}

    /** PKSIGN. */
    record Sign() implements AgentCommand {}

    /**
     * PKDECRYPT.
     *
     * @param kem whether with {@code --kem=PGP}
     */
    record Decrypt(boolean kem) implements AgentCommand {}

    /** READKEY; {@code --no-data} only asks whether it can be read. */
    record ReadKey(Keygrip key, boolean data) implements AgentCommand {}

    /** GETINFO. */
    record GetInfo(What what) implements AgentCommand {
        enum What {
            VERSION,
            RESTRICTED,
            S2K_COUNT,
            /** What is asked for is not so: jent_active, ephemeral, cmd_has_option. */
            NO,
            UNKNOWN
        }
    }

    /** SCD with a question about cards: there is none. */
    record Card() implements AgentCommand {}

    /** What newer GnuPG offers and we do not: post-quantum keys, by {@code SETKEY --another} and {@code PKDECRYPT --kem}. */
    record Unsupported() implements AgentCommand {}

    /** AGENT_ID, which gpg-agent itself does not know any more. */
    record AgentId() implements AgentCommand {}
}
