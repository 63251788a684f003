// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/**
 * The same calls to the stock service and to ours, by a client that is GLib's: all replies, errors with their texts, and signals must be
 * equal, byte by byte and in order, and so must what is there after a restart.
 *
 * <p>Left out are what the stock service does wrong (names of tables that it takes for paths, and after a restart ids of more than 65 535
 * bytes: see {@link StockDefectsTest}), the order of List, which it leaves open, and values with file descriptors in them.
 */
class DifferentialTest {
    private static final Path SCRIPT =
            Path.of("src/test/python/differential.py").toAbsolutePath();
    private static final int CALLS = Integer.getInteger("differential.calls", 500);

    @TempDir
    private Path folder;

    private static List<String> run(PrivateBus bus, String... arguments) throws Exception {
        var words = new java.util.ArrayList<>(List.of("/usr/bin/python3", SCRIPT.toString()));
        words.addAll(List.of(arguments));
        PrivateBus.Finished finished = bus.run(words.toArray(String[]::new));
        assertEquals(0, finished.exitCode(), finished.errors());
        List<String> lines = finished.output().lines().toList();
        assertEquals("end", lines.getLast());
        return lines;
    }

    private static void same(List<String> stock, List<String> ours) {
        for (int i = 0; i < Math.min(stock.size(), ours.size()); i++) {
            int line = i;
            assertEquals(
                    stock.get(i), ours.get(i), () -> "line " + line + ", after " + ours.get(Math.max(0, line - 1)));
        }
        assertEquals(stock.size(), ours.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void sameCallsSameAnswers(int seed) throws Exception {
        Path home = Files.createDirectory(folder.resolve("stock"));
        Path state = folder.resolve("state");
        try (var stockBus = PrivateBus.start();
                var ourBus = PrivateBus.start()) {
            List<String> told;
            try (var _ = StoreProcess.startStock(stockBus, home);
                    var ours = StoreProcess.start(ourBus, state)) {
                told = run(ourBus, "calls", "" + seed, "" + CALLS);
                same(run(stockBus, "calls", "" + seed, "" + CALLS), told);
                ours.kill();
            }
            assertTrue(told.stream().filter(line -> line.contains(" Changed ")).count() > CALLS / 5, "few changes");
            try (var _ = StoreProcess.startStock(stockBus, home);
                    var _ = StoreProcess.start(ourBus, state)) {
                same(run(stockBus, "dump"), run(ourBus, "dump"));
            }
        }
    }

    @Test
    void theScriptSeesADifference() throws Exception {
        try (var bus = PrivateBus.start();
                var _ = StoreProcess.start(bus, folder);
                var client = StoreClient.connect(bus)) {
            List<String> before = run(bus, "dump");
            client.allow("t", "id", "org.example.App", "yes");
            List<String> after = run(bus, "dump");
            assertEquals(before.size(), after.size());
            assertEquals(
                    2,
                    java.util.stream.IntStream.range(0, before.size())
                            .filter(i -> !before.get(i).equals(after.get(i)))
                            .count());
        }
    }
}
