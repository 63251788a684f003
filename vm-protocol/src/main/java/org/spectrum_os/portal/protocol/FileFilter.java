// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A named set of patterns; a file passes when one of them matches. */
public record FileFilter(Untrusted<String> name, List<Pattern> patterns) {
    public FileFilter {
        patterns = Limits.bounded(patterns, Limits.PATTERNS, "patterns");
    }

    /** Null stands for the first of {@code filters}, or for none when there are none. */
    static void requireIndex(@Nullable Integer index, List<FileFilter> filters) {
        if (index != null && (index < 0 || index >= filters.size())) {
            throw new IllegalArgumentException("current filter " + index + " of " + filters.size());
        }
    }

    /** The two kinds of pattern the FileChooser portal knows (0 and 1 on D-Bus). */
    public enum Kind {
        GLOB,
        MIME
    }

    /** One glob (matched without regard to case) or MIME type. */
    public record Pattern(Kind kind, Untrusted<String> value) {}
}
