// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.keys.assuan.MalformedAssuanException;
import org.spectrum_os.portal.keys.assuan.Sexp;

/** Reads what gpg sends as the answer to INQUIRE CIPHERTEXT (g10/pubkey-enc.c); and writes it for the real agent. */
final class CiphertextForms {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,2}");
    /** Curve, algorithm, hash and cipher, {@code Anonymous Sender}, fingerprint: 54 to 66. */
    private static final int KDF_PARAMETERS_BYTES = 128;

    private CiphertextForms() {}

    /**
     * Reads it.
     *
     * @param kem whether it answers to {@code PKDECRYPT --kem=PGP}
     * @throws MalformedAssuanException if it is not exactly one of the forms of {@link Ciphertext}
     */
    static Ciphertext parse(byte[] bytes, boolean kem) throws MalformedAssuanException {
        Sexp.Node whole = Sexp.parse(bytes);
        if (whole.is("enc-val")
                && whole.elements().size() == 2
                && whole.elements().get(1) instanceof Sexp.Node inner) {
            Ciphertext ciphertext = kem ? wrapped(inner) : plain(inner);
            if (ciphertext != null) {
                return ciphertext;
            }
        }
        throw new MalformedAssuanException("a ciphertext of a form that gpg does not send");
    }

    private static @Nullable Ciphertext plain(Sexp.Node inner) {
        if (inner.is("rsa")) {
            byte[][] values = values(inner, "a");
            return values == null ? null : new Ciphertext.Rsa(values[0]);
        }
        if (inner.is("elg")) {
            byte[][] values = values(inner, "a", "b");
            return values == null ? null : new Ciphertext.Elgamal(values[0], values[1]);
        }
        if (inner.is("ecdh")) {
            byte[][] values = values(inner, "s", "e");
            return values == null || !isPoint(values[1]) ? null : new Ciphertext.Ecdh(values[0], values[1]);
        }
        return null;
    }

    private static @Nullable Ciphertext wrapped(Sexp.Node inner) {
        byte[][] values = inner.is("ecc") ? values(inner, "c", "h", "e", "s", "kdf-params") : null;
        if (values == null || !isPoint(values[2]) || values[4].length > KDF_PARAMETERS_BYTES) {
            return null;
        }
        // RFC 9580, 9.3.
        int cipherBytes = switch (number(values[0])) {
            case 7 -> 16;
            case 8 -> 24;
            case 9 -> 32;
            default -> 0;
        };
        Optional<HashAlgorithm> hash = HashAlgorithm.of(number(values[1]));
        if (cipherBytes == 0 || hash.isEmpty() || !EcdhUnwrap.isKdfHash(hash.get())) {
            return null;
        }
        return new Ciphertext.WrappedEcdh(cipherBytes, hash.get(), values[2], values[3], values[4]);
    }

    /**
     * Whether it has the form of a point of a curve that gpg encrypts with: 04 and two coordinates (NIST, Brainpool, secp256k1), or one
     * coordinate of Curve25519 or Curve448, with or without 40 before it; of Curve448 without leading zeros. The gpg-agent of GnuPG 2.2.40
     * dies of one of 1 to 3 bytes.
     */
    private static boolean isPoint(byte[] point) {
        return switch (point.length) {
            case 65, 97, 129, 133 -> point[0] == 4;
            case 33 -> point[0] == 0x40;
            default -> point.length == 32 || (point.length >= 48 && point.length <= 57);
        };
    }

    /** The values of lists with these names in this order, none of them empty; or null. */
    private static byte @Nullable [][] values(Sexp.Node node, String... names) {
        Optional<List<Sexp.Node>> lists = node.lists(names);
        if (lists.isEmpty()) {
            return null;
        }
        byte[][] values = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            byte[] value = lists.get().get(i).value();
            if (value == null || value.length == 0) {
                return null;
            }
            values[i] = value;
        }
        return values;
    }

    /** Of decimal digits, or 0. */
    private static int number(byte[] digits) {
        String text = new String(digits, StandardCharsets.ISO_8859_1);
        return NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
    }

    /** As every gpg-agent reads it, that is, without the unwrapping of {@link Ciphertext.WrappedEcdh}. */
    static Sexp.Node expression(Ciphertext ciphertext) {
        return Sexp.Node.of(
                "enc-val",
                switch (ciphertext) {
                    case Ciphertext.Rsa(var a) -> Sexp.Node.of("rsa", pair("a", a));
                    case Ciphertext.Elgamal(var a, var b) -> Sexp.Node.of("elg", pair("a", a), pair("b", b));
                    case Ciphertext.Ecdh(var s, var e) -> Sexp.Node.of("ecdh", pair("s", s), pair("e", e));
                    case Ciphertext.WrappedEcdh wrapped ->
                        Sexp.Node.of("ecdh", pair("s", wrapped.s()), pair("e", wrapped.e()));
                });
    }

    private static Sexp.Node pair(String name, byte[] value) {
        return Sexp.Node.of(name, new Sexp.Atom(value));
    }
}
