// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A sentence of the host's, some words of which are strong, and never broken over two lines. Every part is plain text; {@link #markup()} escapes it.
 *
 * @param parts in order
 */
public record Sentence(List<Part> parts) {
    private static final String STRONG = "<span weight=\"bold\" allow_breaks=\"false\">";

    public Sentence {
        parts = List.copyOf(parts);
    }

    /** A few words. */
    public record Part(String text, boolean strong) {}

    /** A sentence from plain and strong words in turn, beginning with plain ones. */
    static Sentence of(String... plainThenStrong) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < plainThenStrong.length; i++) {
            if (!plainThenStrong[i].isEmpty()) {
                parts.add(new Part(plainThenStrong[i], i % 2 == 1));
            }
        }
        return new Sentence(parts);
    }

    /** The words alone. */
    public String plain() {
        return parts.stream().map(Part::text).collect(Collectors.joining());
    }

    /** The sentence as Pango markup. */
    public String markup() {
        return parts.stream()
                .map(part -> part.strong() ? STRONG + escaped(part.text()) + "</span>" : escaped(part.text()))
                .collect(Collectors.joining());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&apos;")
                .replace("\"", "&quot;");
    }
}
