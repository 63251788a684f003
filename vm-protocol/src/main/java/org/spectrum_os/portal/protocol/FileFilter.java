// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.util.List;

/** A named set of patterns; a file passes when one of them matches. */
public record FileFilter(Untrusted<String> name, List<Pattern> patterns) {
    public FileFilter {
        patterns = Limits.bounded(patterns, Limits.PATTERNS, "patterns");
    }

    /** The two kinds of pattern the FileChooser portal knows (0 and 1 on D-Bus). */
    public enum Kind {
        GLOB,
        MIME
    }

    /** One glob (matched without regard to case) or MIME type. */
    public record Pattern(Kind kind, Untrusted<String> value) {}
}
