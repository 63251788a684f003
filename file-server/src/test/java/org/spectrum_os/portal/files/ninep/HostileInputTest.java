// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.transport.ErrnoException;

/**
 * Broken and senseless messages by the hundred thousand, the same ones in each run ({@code -Dfuzz.rounds=N} for more,
 * {@code -Dfuzz.seed=N} for others): nothing is thrown, nothing hangs, nothing piles up, and a decent guest is served afterwards.
 */
@Timeout(1800)
class HostileInputTest {
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 200_000);
    private static final long SEED = Long.getLong("fuzz.seed", 20_260_101L);
    private static final int SENTINEL_TAG = 0x7ffe;
    private static final int MSIZE = 8192;

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);

    /** A message of a kind that Linux sends, with fields that mean something to this server. */
    private byte[] sensible() {
        int tag = random.nextInt(0x7000);
        int fid = random.nextInt(6);
        int other = random.nextInt(6);
        ByteBuffer message = switch (random.nextInt(27)) {
            case 0 -> NinepClient.message(110, tag, fid, other, (short) 2, "a1", "one");
            case 1 -> NinepClient.message(110, tag, 0, other, (short) 1, "a1");
            case 2 -> NinepClient.message(110, tag, fid, other, (short) 0);
            case 3 -> NinepClient.message(12, tag, fid, random.nextInt(4));
            case 4 -> NinepClient.message(116, tag, fid, (long) random.nextInt(2000), random.nextInt(5000));
            case 5 -> NinepClient.message(40, tag, fid, (long) random.nextInt(5), random.nextInt(500));
            case 6 -> NinepClient.message(24, tag, fid, 0x7ffL);
            case 7 -> NinepClient.message(120, tag, fid);
            case 8 -> NinepClient.message(108, tag, (short) random.nextInt(0x7000));
            case 9 -> NinepClient.message(118, tag, fid, 0L, 40, new byte[40]);
            case 10 -> NinepClient.message(104, tag, other, -1, "user", "tree", 1000);
            case 11 -> NinepClient.message(30, tag, fid, other, "user.x");
            case 12 -> NinepClient.message(52, tag, fid, (byte) 1, 0, 0L, 9L, 1, "host");
            case 13 -> NinepClient.message(54, tag, fid, (byte) 1, 0L, 9L, 1, "host");
            case 14, 15 -> NinepClient.message(14, tag, fid, name(), random.nextInt(3) | 0x42, 0644, 0);
            case 16 -> NinepClient.message(74, tag, fid, name(), other, name());
            case 17 -> NinepClient.message(110, tag, 0, other, (short) 2, "w1", "tree");
            case 18 -> NinepClient.message(110, tag, 0, other, (short) 3, "w1", "tree", name());
            case 19 -> NinepClient.message(72, tag, fid, name(), 0755, 0);
            case 20 -> NinepClient.message(16, tag, fid, name(), name(), 0);
            case 21 -> NinepClient.message(76, tag, fid, name(), random.nextBoolean() ? 0 : 0x200);
            case 22 ->
                NinepClient.message(
                        26,
                        tag,
                        fid,
                        random.nextInt(0x200),
                        0644,
                        1000,
                        100,
                        (long) random.nextInt(9000),
                        1L,
                        2L,
                        3L,
                        4L);
            case 23 -> NinepClient.message(50, tag, fid, random.nextInt(2));
            case 24 -> NinepClient.message(122, tag, fid);
            case 25 -> NinepClient.message(20, tag, fid, other, name());
            default -> NinepClient.message(8, tag, fid);
        };
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return bytes;
    }

    private String name() {
        return "n" + random.nextInt(4);
    }

    private byte[] mutated() {
        byte[] bytes = sensible();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            switch (random.nextInt(6)) {
                // Anywhere but in the length.
                case 0, 1 -> bytes[4 + random.nextInt(bytes.length - 4)] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt(256);
                case 3 -> {
                    int at = 7 + random.nextInt(Math.max(1, bytes.length - 7));
                    for (int b = at; b < Math.min(bytes.length, at + 4); b++) {
                        bytes[b] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
                    }
                }
                case 4 -> bytes = resized(bytes, 7 + random.nextInt(bytes.length + 20));
                default -> {
                    if (random.nextInt(8) == 0) {
                        // The length itself lies.
                        bytes[random.nextInt(4)] = (byte) random.nextInt(256);
                    }
                }
            }
        }
        return bytes;
    }

    private static byte[] resized(byte[] bytes, int length) {
        byte[] resized = java.util.Arrays.copyOf(bytes, length);
        ByteBuffer.wrap(resized).order(ByteOrder.LITTLE_ENDIAN).putInt(0, length);
        return resized;
    }

    @Test
    void theDecoderThrowsNothingButMalformed() {
        int malformed = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = mutated();
            var body = ByteBuffer.wrap(bytes, 7, bytes.length - 7).slice().order(ByteOrder.LITTLE_ENDIAN);
            try {
                RequestDecoder.decode(Byte.toUnsignedInt(bytes[4]), body);
            } catch (MalformedMessageException e) {
                malformed++;
            }
        }
        assertTrue(malformed > ROUNDS / 20 && malformed < ROUNDS, malformed + " of " + ROUNDS);
    }

    @Test
    void theServerSurvivesAndKeepsNothing() throws Exception {
        Path file = Files.write(folder.resolve("one"), new byte[1000]);
        long descriptors;
        long memory = 0;
        try (var bench = new Bench()) {
            bench.lend("work", "a1", file);
            bench.lend("work", "w1", Access.WRITE, Files.createDirectory(folder.resolve("tree")));
            bench.lend("work", "s1", Access.WRITE, Files.write(folder.resolve("n1"), new byte[10]));
            descriptors = Bench.openDescriptors();
            int sent = 0;
            long answers = 0;
            int connections = 0;
            while (sent < ROUNDS) {
                int batch = 1 + random.nextInt(30);
                answers += attack(bench, batch);
                sent += batch;
                bench.events.clear();
                bench.log.clear();
                if (++connections == 1000) {
                    memory = memoryOutsideHeap();
                }
            }
            assertTrue(answers > ROUNDS / 20, "only " + answers + " answers: the messages do not get far");
            if (connections > 1000) {
                long growth = memoryOutsideHeap() - memory;
                assertTrue(growth < 128L << 20, "native memory grew by " + (growth >> 20) + " MiB");
            }
            try (var guest = bench.mount("work")) {
                guest.open(1, "a1", "one");
                assertEquals(1000, guest.readAll(1).length);
            }
            // With the files that were staged and have a name there still.
            bench.server.revoke("s1");
            Bench.await("descriptors closed", () -> Bench.openDescriptors() == descriptors - 1);
        }
    }

    /** One connection with {@code batch} bad messages; returns how many replies came before it ended. */
    private int attack(Bench bench, int batch) throws Exception {
        var all = new ByteArrayOutputStream();
        for (ByteBuffer start : List.of(
                NinepClient.message(100, 0xffff, MSIZE, "9P2000.L"),
                NinepClient.message(104, 1, 0, -1, "user", "", 0),
                NinepClient.message(110, 2, 0, 1, (short) 2, "a1", "one"),
                NinepClient.message(110, 3, 0, 2, (short) 2, "w1", "tree"),
                NinepClient.message(110, 4, 0, 3, (short) 1, "s1"))) {
            add(all, start);
        }
        for (int i = 0; i < batch; i++) {
            all.writeBytes(mutated());
        }
        add(all, NinepClient.message(100, SENTINEL_TAG, MSIZE, "9P2000.L"));
        // Fills up a message whose length was a lie, and is no message itself.
        all.writeBytes(new byte[2 * MSIZE]);
        Bench.await("room for another connection", () -> bench.server.connections() < 4);
        int answers = 0;
        try (var guest = bench.connect("work")) {
            guest.connection.write(ByteBuffer.wrap(all.toByteArray()));
            while (true) {
                guest.receive();
                answers++;
            }
        } catch (java.io.EOFException | ErrnoException e) {
            // The server ended it: in time, or the receive would have timed out with another exception.
            return answers;
        }
    }

    private static void add(ByteArrayOutputStream all, ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        all.writeBytes(bytes);
    }

    /** Resident memory less what the Java heap has committed, in bytes. */
    private static long memoryOutsideHeap() throws IOException {
        Matcher resident =
                Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(Files.readString(Path.of("/proc/self/status")));
        assertTrue(resident.find());
        return Long.parseLong(resident.group(1)) * 1024 - Runtime.getRuntime().totalMemory();
    }
}
