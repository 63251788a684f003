// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;

/** Random damage to good messages: reading them makes a message or a ProtocolException, nothing else. */
final class Damage {
    private Damage() {}

    /** Reads what may be a message of the family that {@code like} is of. */
    @FunctionalInterface
    interface Decoder<M> {
        M decode(M like, byte[] json) throws ProtocolException;
    }

    /** So many rounds as {@code fuzz.rounds} says. */
    static <M extends Framed> void tryOn(List<M> good, long seed, Decoder<M> decoder) throws ProtocolException {
        var random = new Random(seed);
        int rounds = Integer.getInteger("fuzz.rounds", 50_000);
        int refused = 0;
        for (int round = 0; round < rounds; round++) {
            M message = good.get(random.nextInt(good.size()));
            byte[] json = MessageCodec.encode(message);
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                json[random.nextInt(json.length)] = (byte) random.nextInt(256);
            }
            try {
                var _ = decoder.decode(message, json);
            } catch (ProtocolException e) {
                refused++;
            }
        }
        assertTrue(refused > rounds / 2, refused + " of " + rounds);
    }
}
