// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.backend.sign.PermittedKey;
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

    /** Whether some part does it at a guest's agent socket. */
    boolean isDoneAtAgent(PermittedKey permitted) {
        return permitted.key().parts().stream()
                .filter(this::isPossible)
                .anyMatch(part -> permitted.forHash(part).isPresent());
    }

    /** What the first part that can do it can do besides, and is not asked to. */
    Set<KeyUse> beyond(PermittedKey permitted) {
        return permitted.key().parts().stream()
                .filter(this::isPossible)
                .findFirst()
                .map(permitted::beyond)
                .orElse(Set.of());
    }

    /** For {@code --quick-add-key}. */
    String usage() {
        return usage;
    }

    static Stream<KeyTask> asked(KeyRule rule) {
        return Arrays.stream(values()).filter(task -> rule.asks(task.use));
    }

    /** Whether it is meant to be done of hashes that a guest's agent socket gets, which could be of a certificate too. */
    boolean isOfHashes(KeyRule rule) {
        return switch (this) {
            case SIGN -> !rule.contentRequired();
            case AUTHENTICATE -> true;
            case DECRYPT -> false;
        };
    }
}
