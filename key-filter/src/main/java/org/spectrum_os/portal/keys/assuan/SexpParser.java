// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.assuan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads {@link Sexp}. */
final class SexpParser {
    private final byte[] bytes;
    private int position;
    private int elements;

    SexpParser(byte[] bytes) {
        this.bytes = bytes;
    }

    Sexp.Node whole() throws MalformedAssuanException {
        expect('(');
        Sexp.Node node = list(1);
        if (position != bytes.length) {
            throw new MalformedAssuanException("bytes after an s-expression");
        }
        return node;
    }

    /** After its parenthesis. */
    private Sexp.Node list(int depth) throws MalformedAssuanException {
        if (depth > AssuanLimits.DEPTH) {
            throw new MalformedAssuanException("an s-expression nested more than " + AssuanLimits.DEPTH + " deep");
        }
        List<Sexp> list = new ArrayList<>();
        list.add(atom());
        while (peek() != ')') {
            if (peek() == '(') {
                position++;
                count();
                list.add(list(depth + 1));
            } else {
                list.add(atom());
            }
        }
        position++;
        return new Sexp.Node(list);
    }

    private Sexp.Atom atom() throws MalformedAssuanException {
        count();
        int length = 0;
        int start = position;
        while (peek() != ':') {
            int digit = peek() - '0';
            // No leading zero, and not more digits than a length here can have.
            if (digit < 0 || digit > 9 || position - start >= 5 || (position > start && length == 0)) {
                throw new MalformedAssuanException("an s-expression's length that is none");
            }
            length = length * 10 + digit;
            position++;
        }
        if (position == start) {
            throw new MalformedAssuanException("an s-expression's length that is none");
        }
        position++;
        if (length > bytes.length - position) {
            throw new MalformedAssuanException("an s-expression that is cut off");
        }
        position += length;
        return new Sexp.Atom(Arrays.copyOfRange(bytes, position - length, position));
    }

    private void count() throws MalformedAssuanException {
        if (++elements > AssuanLimits.ELEMENTS) {
            throw new MalformedAssuanException("an s-expression of more than " + AssuanLimits.ELEMENTS + " elements");
        }
    }

    private void expect(char one) throws MalformedAssuanException {
        if (peek() != one) {
            throw new MalformedAssuanException("no s-expression");
        }
        position++;
    }

    private int peek() throws MalformedAssuanException {
        if (position >= bytes.length) {
            throw new MalformedAssuanException("an s-expression that is cut off");
        }
        return bytes[position];
    }
}
