// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.spectrum_os.portal.keys.assuan.Escaping;
import org.spectrum_os.portal.keys.assuan.MalformedAssuanException;
import org.spectrum_os.portal.keys.assuan.Sexp;

/** What Jazzer calls with one line of a guest, or one s-expression: it is read or refused, and what is read is what was sent. */
public final class ParserFuzz {
    private ParserFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        switch (input[0] & 3) {
            case 0 -> command(new String(rest, StandardCharsets.ISO_8859_1));
            case 1 -> ciphertext(rest, (input[0] & 4) != 0);
            case 2 -> results(rest);
            default -> sexp(rest);
        }
    }

    private static void command(String line) {
        try {
            if (AgentCommandParser.parse(line) instanceof AgentCommand.SetHash(var algorithm, var hash)) {
                require(hash.length == algorithm.bytes(), "a hash of another length");
            }
        } catch (RefusedException e) {
            require(String.valueOf(e.getMessage()).matches("[ -~]{1,100}"), "a message for the log");
        }
    }

    private static void sexp(byte[] bytes) {
        try {
            require(Arrays.equals(Sexp.parse(bytes).canonical(), bytes), "written otherwise than it was read");
            require(Escaping.unescape("").length == 0, "something of nothing");
        } catch (MalformedAssuanException _) {
            // One of the two things it may do.
        }
        try {
            byte[] plain = Escaping.unescape(new String(bytes, StandardCharsets.ISO_8859_1));
            require(plain.length <= bytes.length, "more than there was");
        } catch (MalformedAssuanException _) {
            // As above.
        }
    }

    private static void ciphertext(byte[] bytes, boolean kem) {
        try {
            Ciphertext ciphertext = CiphertextForms.parse(bytes, kem);
            require(kem == ciphertext instanceof Ciphertext.WrappedEcdh, "a form for something else");
            byte[] written = CiphertextForms.expression(ciphertext).canonical();
            require(kem || Arrays.equals(written, bytes), "written otherwise than it was read");
        } catch (MalformedAssuanException _) {
            // One of the two things it may do.
        }
    }

    private static void results(byte[] bytes) {
        try {
            byte[] written = AgentResults.signature(bytes);
            require(new String(written, StandardCharsets.ISO_8859_1).startsWith("(7:sig-val("), "no signature");
        } catch (MalformedAssuanException _) {
            // One of the two things it may do.
        }
        try {
            byte[] value = AgentResults.value(bytes);
            require(value.length < bytes.length, "more than there was");
            EcdhUnwrap.sessionKey(value, new Ciphertext.WrappedEcdh(16, HashAlgorithm.SHA256, bytes, value, bytes));
        } catch (MalformedAssuanException | AgentFailure _) {
            // As above.
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
