// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus.marshal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random values, sound and broken, the same ones in each run ({@code -Dfuzz.rounds=N} for more, {@code -Dfuzz.seed=N} for others): the
 * sound ones come back bit for bit, and of the broken ones nothing but {@link MarshalException} is heard.
 */
@Timeout(1800)
class MarshalFuzzTest {
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 200_000);
    private static final long SEED = Long.getLong("fuzz.seed", 20_260_101L);

    private final Random random = new Random(SEED);

    @Test
    void soundValuesComeBackBitForBit() throws MarshalException {
        for (int round = 0; round < ROUNDS / 10; round++) {
            String type = RandomBodies.type(random, 0);
            long seed = random.nextLong();
            byte[] little = body(seed, ByteOrder.LITTLE_ENDIAN, type);
            byte[] big = body(seed, ByteOrder.BIG_ENDIAN, type);
            MarshalledValue value = MarshalledValue.of(type, little);
            assertArrayEquals(little, value.toByteArray(), type);
            var reader = new MarshalReader(big, ByteOrder.BIG_ENDIAN);
            assertEquals(value, reader.readValue(type), type);
            assertTrue(reader.atEnd());
            standsAnywhere(value);
        }
    }

    private static byte[] body(long seed, ByteOrder order, String type) {
        var body = new RandomBodies(new Random(seed), order);
        body.value(type, 0, 0);
        return body.bytes();
    }

    /** Behind any number of bytes, by itself and as a variant. */
    private static void standsAnywhere(MarshalledValue value) throws MarshalException {
        for (int offset = 0; offset < 8; offset++) {
            var out = new MarshalWriter();
            for (int i = 0; i < offset; i++) {
                out.writeByte((byte) i);
            }
            out.writeVariant(value);
            out.writeValue(value);
            out.requireSignature("y".repeat(offset) + "v" + value.type());
            var in = new MarshalReader(out.toByteArray(), ByteOrder.LITTLE_ENDIAN);
            in.skip("y".repeat(offset));
            assertEquals(value, in.readVariant());
            assertEquals(value, in.readValue(value.type()));
            assertTrue(in.atEnd());
        }
    }

    @Test
    void brokenBytesAreRefusedAndNothingElseHappens() {
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String type = random.nextInt(4) == 0 ? "v" : RandomBodies.type(random, 0);
            ByteOrder order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            byte[] bytes = mutated(body(random.nextLong(), order, type));
            try {
                MarshalledValue value = new MarshalReader(bytes, order).readValue(type);
                // Still a value: then it is one in every respect.
                assertEquals(value, MarshalledValue.of(type, value.toByteArray()));
                new MarshalReader(bytes, order).skip(type);
            } catch (MarshalException e) {
                refused++;
                assertThrows(MarshalException.class, () -> new MarshalReader(bytes, order).skip(type));
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        type + " " + order + " " + HexFormat.of().formatHex(bytes), e);
            }
        }
        assertTrue(refused > ROUNDS / 4 && refused < ROUNDS, refused + " of " + ROUNDS);
    }

    @Test
    void whatIsNoTypeIsRefusedAndNothingElseHappens() {
        String alphabet = "ybnqiuxtdsogha(){}v*r \0é";
        for (int round = 0; round < ROUNDS; round++) {
            var text = new StringBuilder(random.nextBoolean() ? RandomBodies.type(random, 0) : "");
            for (int i = random.nextInt(8); i > 0; i--) {
                text.insert(random.nextInt(text.length() + 1), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                assertEquals(text.toString(), String.join("", Types.split(text.toString())));
            } catch (MarshalException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("signature"));
            }
        }
    }

    private byte[] mutated(byte[] sound) {
        byte[] bytes = sound;
        for (int i = random.nextInt(3); i >= 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0xff);
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                default -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(9));
            }
        }
        return bytes;
    }
}
