// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.store.json.RandomValues;

/**
 * Files of Debian's own service, damaged in all ways by the hundred thousand, the same ways in each run ({@code -Dfuzz.rounds=N} for more,
 * {@code -Dfuzz.seed=N} for others): a file is refused, or entries are read or named; nothing else is thrown, no file takes long, and
 * what is read is no larger than the file allows.
 */
@Timeout(1800)
class HostileTableTest {
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 100_000);
    private static final Duration LONG = Duration.ofSeconds(5);

    /** A byte of a GVariant becomes at most eight in D-Bus's form: an empty array, of which only the end is stored. */
    private static final int GROWTH = 8;

    @TempDir
    Path data;

    private final Random random = new Random(Long.getLong("fuzz.seed", 20_260_103L));

    private List<byte[]> realFiles() throws Exception {
        var values = new RandomValues(random);
        List<byte[]> files = new ArrayList<>();
        try (var stock = new StockService(data)) {
            for (int entries : new int[] {1, 3, 10, 40}) {
                String table = "table" + entries;
                for (int i = 0; i < entries; i++) {
                    stock.set(table, StockService.entry("id" + i, values.next("(" + values.type(4) + "v)")));
                }
                stock.await();
                files.add(Files.readAllBytes(stock.file(table)));
            }
        }
        return files;
    }

    private byte[] damaged(byte[] file, List<byte[]> all) {
        byte[] bytes = file.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 8; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(8)) {
                case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = (byte) random.nextInt(256);
                case 3 ->
                    Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) (random.nextBoolean() ? -1 : 0));
                case 4 -> {
                    // Numbers that point somewhere.
                    int number = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(bytes.length + 8);
                    ByteBuffer.wrap(bytes)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(random.nextInt(bytes.length - 4) & ~3, number);
                }
                case 5 -> {
                    if (random.nextInt(4) == 0) {
                        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 100));
                    }
                }
                case 6 -> splice(bytes, bytes);
                default -> splice(all.get(random.nextInt(all.size())), bytes);
            }
        }
        return bytes;
    }

    private void splice(byte[] from, byte[] to) {
        int length = 1 + random.nextInt(Math.min(64, Math.min(from.length, to.length)));
        int source = random.nextInt(from.length - length + 1);
        System.arraycopy(from, source, to, random.nextInt(to.length - length + 1), length);
    }

    @Test
    void damagedFilesAreRefusedOrReadInPart() throws Exception {
        List<byte[]> files = realFiles();
        int refused = 0;
        int inPart = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] file = damaged(files.get(i % files.size()), files);
            long began = System.nanoTime();
            try {
                StockTable read = StockTable.read("t", file);
                inPart += read.skipped().isEmpty() ? 0 : 1;
                long size = 0;
                for (StockEntry entry : read.entries()) {
                    size += entry.data().size() + entry.id().length();
                }
                assertTrue(size <= (long) GROWTH * file.length, size + " bytes read from " + file.length);
            } catch (GvdbException e) {
                refused++;
            }
            assertTrue(System.nanoTime() - began < LONG.toNanos(), "round " + i + " took too long");
        }
        assertTrue(refused > ROUNDS / 50 && refused < ROUNDS / 2, refused + " of " + ROUNDS + " refused");
        assertTrue(inPart > ROUNDS / 5, inPart + " of " + ROUNDS + " read in part");
    }
}
