// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.util.Arrays;
import java.util.stream.Stream;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;

/** What an OpenPGP key is asked to do, and how gpg calls that. */
enum KeyTask {
    SIGN(KeyUse.SIGN, 's', "sign"),
    DECRYPT(KeyUse.DECRYPT, 'e', "encr"),
    AUTHENTICATE(KeyUse.AUTHENTICATE, 'a', "auth");

    private final KeyUse use;
    private final char letter;
    private final String usage;

    KeyTask(KeyUse use, char letter, String usage) {
        this.use = use;
        this.letter = letter;
        this.usage = usage;
    }

    KeyUse use() {
        return use;
    }

    /** Whether some part of it, which is here and valid, can do it. */
    boolean isPossible(OpenpgpKey key) {
        return key.parts().stream().anyMatch(this::isPossible);
    }

    private boolean isPossible(OpenpgpKey.Part part) {
        return part.usable() && part.can(letter);
    }

    /** Whether a part can that cannot certify: its hashes are of nothing else. */
    boolean isPossibleWithoutCertifying(OpenpgpKey key) {
        return key.parts().stream().anyMatch(part -> isPossible(part) && !part.can('c'));
    }

    /** For {@code --quick-add-key}. */
    String usage() {
        return usage;
    }

    static Stream<KeyTask> asked(KeyRule rule) {
        return Arrays.stream(values()).filter(task -> rule.asks(task.use));
    }

    /** Whether a guest's agent socket offers it, where only a hash is seen that could be of a certificate too. */
    boolean isUnseenAtAgent(KeyRule rule) {
        return switch (this) {
            case SIGN -> !rule.contentRequired();
            case AUTHENTICATE -> true;
            case DECRYPT -> false;
        };
    }
}
