// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A sentence of the host's, some words of which are names, which are never broken over two lines. Every part is plain text; {@link
 * #markup()} escapes it.
 *
 * @param parts in order
 */
public record Sentence(List<Part> parts) {
    public Sentence {
        parts = List.copyOf(parts);
    }

    /** How a part is drawn. */
    public enum Look {
        PLAIN(""),
        /** A name. */
        NAME("<span allow_breaks=\"false\">"),
        /** A name that matters most. */
        STRONG("<span weight=\"bold\" allow_breaks=\"false\">");

        private final String opening;

        Look(String opening) {
            this.opening = opening;
        }
    }

    /** A few words. */
    public record Part(String text, Look look) {
        private String markup() {
            return look.opening.isEmpty() ? escaped(text) : look.opening + escaped(text) + "</span>";
        }
    }

    /** A sentence from plain and strong words in turn, beginning with plain ones. */
    static Sentence of(String... plainThenStrong) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < plainThenStrong.length; i++) {
            if (!plainThenStrong[i].isEmpty()) {
                parts.add(new Part(plainThenStrong[i], i % 2 == 1 ? Look.STRONG : Look.PLAIN));
            }
        }
        return new Sentence(parts);
    }

    /** Names, one after the other. */
    static Sentence list(List<String> names) {
        List<Part> parts = new ArrayList<>();
        for (String name : names) {
            if (!parts.isEmpty()) {
                parts.add(new Part(", ", Look.PLAIN));
            }
            parts.add(new Part(name, Look.NAME));
        }
        return new Sentence(parts);
    }

    /** The words alone. */
    public String plain() {
        return parts.stream().map(Part::text).collect(Collectors.joining());
    }

    /** The sentence as Pango markup. */
    public String markup() {
        return parts.stream().map(Part::markup).collect(Collectors.joining());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&apos;")
                .replace("\"", "&quot;");
    }
}
