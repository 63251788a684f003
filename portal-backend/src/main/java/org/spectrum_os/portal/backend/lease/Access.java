// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.List;

/** What a guest may do with what is lent to it. */
public enum Access {
    READ("read");

    private final String word;

    Access(String word) {
        this.word = word;
    }

    /** As it is kept and shown. */
    public List<String> words() {
        return List.of(word);
    }
}
