// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a guest may do with what is lent to it. */
public enum Access {
    READ("read"),
    /** Also change it; in a folder, make and remove what is in it. */
    WRITE("write");

    private final String word;

    Access(String word) {
        this.word = word;
    }

    /** As the policy and people call it. */
    public String word() {
        return word;
    }

    /** As it is kept. */
    public List<String> words() {
        return List.of(word);
    }

    /** The opposite of {@link #words}; empty for what no version has written. */
    public static Optional<Access> of(List<String> words) {
        return Arrays.stream(values())
                .filter(access -> access.words().equals(words))
                .findFirst();
    }
}
