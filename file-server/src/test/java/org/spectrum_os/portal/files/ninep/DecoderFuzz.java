// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** What Jazzer calls with one message, its type first: it is decoded or malformed, and names that are let through are names. */
public final class DecoderFuzz {
    private DecoderFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        ByteBuffer body = ByteBuffer.wrap(input, 1, input.length - 1).slice().order(ByteOrder.LITTLE_ENDIAN);
        try {
            Request request = RequestDecoder.decode(Byte.toUnsignedInt(input[0]), body);
            if (body.hasRemaining()) {
                throw new AssertionError("bytes left over by " + request);
            }
            if (request instanceof Request.Walk walk) {
                walk.names().forEach(DecoderFuzz::check);
            }
        } catch (MalformedMessageException _) {
            // One of the two things it may do.
        }
        check(WireName.ofBytes(Arrays.copyOfRange(input, 1, input.length)));
    }

    private static void check(WireName name) {
        String text = new String(name.bytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        boolean isName = !text.isEmpty()
                && !text.equals(".")
                && !text.equals("..")
                && text.indexOf('/') < 0
                && text.indexOf(0) < 0
                && text.length() <= 255;
        boolean passed;
        try {
            name.requireComponent();
            passed = true;
        } catch (Refusal _) {
            passed = false;
        }
        if (passed != isName) {
            throw new AssertionError((passed ? "let through as a name: " : "not let through as a name: ") + name);
        }
        boolean climbs = text.isEmpty()
                || text.startsWith("/")
                || text.indexOf(0) >= 0
                || Arrays.asList(text.split("/")).contains("..");
        if (name.isDownwardTarget() && climbs) {
            throw new AssertionError("let through as the target of a link: " + name);
        }
    }
}
