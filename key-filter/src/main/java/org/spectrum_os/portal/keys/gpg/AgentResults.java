// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.keys.assuan.MalformedAssuanException;
import org.spectrum_os.portal.keys.assuan.Sexp;

/** Reads the s-expressions that a real gpg-agent answers with; what is written anew is all that a guest gets of them. */
final class AgentResults {
    private AgentResults() {}

    /** {@code (sig-val (rsa (s …)))}, or dsa, ecdsa or eddsa with {@code (r …)(s …)}. */
    static byte[] signature(byte[] data) throws MalformedAssuanException {
        Sexp.Node whole = parse(data);
        if (whole.is("sig-val")
                && whole.elements().size() == 2
                && whole.elements().get(1) instanceof Sexp.Node inner) {
            boolean two = inner.is("dsa") || inner.is("ecdsa") || inner.is("eddsa");
            Optional<List<Sexp.Node>> numbers = two ? inner.lists("r", "s") : inner.lists("s");
            if ((two || inner.is("rsa"))
                    && numbers.isPresent()
                    && numbers.get().stream().allMatch(number -> number.value() != null)) {
                return whole.canonical();
            }
        }
        throw new MalformedAssuanException("something else than a signature");
    }

    /** The bytes of {@code (value …)}. */
    static byte[] value(byte[] data) throws MalformedAssuanException {
        Sexp.Node whole = parse(data);
        byte @Nullable [] value = whole.is("value") ? whole.value() : null;
        if (value == null) {
            throw new MalformedAssuanException("something else than what was decrypted");
        }
        return value;
    }

    /** As {@link GuestKeys.Plain} has it. */
    static byte[] valueExpression(byte[] value) {
        return Sexp.Node.of("value", new Sexp.Atom(value)).canonical();
    }

    /** {@code (public-key …)}, whatever the algorithm. */
    static byte[] publicKey(byte[] data) throws MalformedAssuanException {
        Sexp.Node whole = parse(data);
        if (!whole.is("public-key")
                || whole.elements().size() != 2
                || !(whole.elements().get(1) instanceof Sexp.Node)) {
            throw new MalformedAssuanException("something else than a public key");
        }
        return whole.canonical();
    }

    private static Sexp.Node parse(byte[] data) throws MalformedAssuanException {
        // For a key on a card gpg-agent counts the NUL at the string's end.
        boolean terminated = data.length > 0 && data[data.length - 1] == 0;
        return Sexp.parse(terminated ? Arrays.copyOf(data, data.length - 1) : data);
    }
}
