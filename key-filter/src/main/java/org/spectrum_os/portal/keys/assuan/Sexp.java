// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.assuan;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An s-expression in its canonical form, the only one that gpg, gpg-agent and their like send each other: {@code (7:enc-val(3:rsa…))}.
 * Display hints are not part of it.
 */
public sealed interface Sexp {
    /** Bytes; they may be none. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Atom(byte[] bytes) implements Sexp {
        /** As ASCII. */
        public static Atom of(String text) {
            return new Atom(text.getBytes(StandardCharsets.US_ASCII));
        }

        /** Whether it is this ASCII text. */
        public boolean is(String text) {
            return Arrays.equals(bytes, text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** A list, with at least one element and an atom first, its name. */
    record Node(List<Sexp> elements) implements Sexp {
        public Node {
            elements = List.copyOf(elements);
            if (elements.isEmpty() || !(elements.getFirst() instanceof Atom)) {
                throw new IllegalArgumentException("a list without a name");
            }
        }

        public static Node of(String name, Sexp... rest) {
            var elements = new ArrayList<Sexp>();
            elements.add(Atom.of(name));
            elements.addAll(List.of(rest));
            return new Node(elements);
        }

        /** Whether its name is this one. */
        public boolean is(String name) {
            return elements.getFirst() instanceof Atom first && first.is(name);
        }

        /** The elements after the name, if they are lists with these names in this order and nothing else. */
        public Optional<List<Node>> lists(String... names) {
            if (elements.size() != names.length + 1) {
                return Optional.empty();
            }
            var lists = new ArrayList<Node>();
            for (int i = 0; i < names.length; i++) {
                if (!(elements.get(i + 1) instanceof Node node) || !node.is(names[i])) {
                    return Optional.empty();
                }
                lists.add(node);
            }
            return Optional.of(lists);
        }

        /** The one atom after the name, or null if that is not what follows it. */
        public byte @Nullable [] value() {
            return elements.size() == 2 && elements.get(1) instanceof Atom atom ? atom.bytes() : null;
        }
    }

    /** In canonical form. */
    default byte[] canonical() {
        var bytes = new ByteArrayOutputStream();
        write(bytes);
        return bytes.toByteArray();
    }

    private void write(ByteArrayOutputStream bytes) {
        switch (this) {
            case Atom(var content) -> {
                bytes.writeBytes((content.length + ":").getBytes(StandardCharsets.US_ASCII));
                bytes.writeBytes(content);
            }
            case Node(var elements) -> {
                bytes.write('(');
                elements.forEach(element -> element.write(bytes));
                bytes.write(')');
            }
        }
    }

    /**
     * Reads one list, which must be all there is.
     *
     * @throws MalformedAssuanException if it is anything else, nested deeper than {@link AssuanLimits#DEPTH}, or has more elements than
     *     {@link AssuanLimits#ELEMENTS}
     */
    static Node parse(byte[] bytes) throws MalformedAssuanException {
        return new SexpParser(bytes).whole();
    }
}
