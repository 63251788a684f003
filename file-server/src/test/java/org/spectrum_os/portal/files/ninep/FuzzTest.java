// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Coverage-guided fuzzing by Jazzer, in a process of its own, for as long as {@code -Dfuzz.seconds=N} says (4 without it). What an earlier
 * run found worth keeping, in {@code target/fuzz}, is where the next begins; an input that ends in a finding stays in
 * {@code target/fuzz/findings}, and belongs into {@link #FOUND} once it is understood.
 */
@Timeout(7200)
class FuzzTest {
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 4);
    private static final String CLASSES = "org.spectrum_os.portal.files.**:org.spectrum_os.portal.transport.**";

    /** Sessions that ended badly once, in hexadecimal. */
    private static final List<String> FOUND = List.of(
            // A lease's end synchronised a descriptor that the end of the connection was closing.
            "170103010a01031d0004ffffffffffffffffff1d000000fffffff7ffffffffffffffffffffffffffffffff3950323030302e4cffffffffffffffcdffffffffffffff6630ffff03");

    @TempDir
    Path folder;

    @Test
    void sessionsThatEndedBadlyOnceEndWell() throws Exception {
        for (String input : FOUND) {
            SessionFuzz.fuzzerTestOneInput(HexFormat.of().parseHex(input));
        }
        for (byte[] seed : sessions()) {
            SessionFuzz.fuzzerTestOneInput(seed);
        }
    }

    /** Jazzer brings native code for these. */
    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|aarch64")
    void everyMessageIsDecodedOrMalformed() throws Exception {
        var seeds = new ArrayList<byte[]>();
        for (int type = 0; type < 256; type++) {
            seeds.add(new byte[] {(byte) type});
        }
        seeds.add(seed(NinepClient.message(110, 0, 0, 1, (short) 2, "a", "b")));
        seeds.add(seed(NinepClient.message(26, 0, 1, 2, 3, 4, 5, 6L, 7L, 8L, 9L, 10L)));
        seeds.add(seed(NinepClient.message(52, 0, 1, (byte) 1, 0, 0L, 9L, 1, "host")));
        seeds.add(seed(NinepClient.message(16, 0, 1, "name", "sub/target", 0)));
        fuzz(DecoderFuzz.class, seeds, Math.max(2, SECONDS / 6), 512, 10_000);
    }

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|aarch64")
    void everySessionEndsWithNothingLeftBehind() throws Exception {
        fuzz(SessionFuzz.class, sessions(), SECONDS, 768, 20);
    }

    /** From the type on, without size and tag. */
    private static byte[] seed(ByteBuffer message) {
        byte[] seed = new byte[message.remaining() - 6];
        message.position(4);
        seed[0] = message.get();
        message.position(7);
        message.get(seed, 1, seed.length - 1);
        return seed;
    }

    /** What guests do every day, so that the fuzzer begins where it gets interesting; {@link FuzzScript} reads it. */
    private static List<byte[]> sessions() {
        var seeds = new ArrayList<byte[]>();
        for (String script : List.of(
                // One of each message, and each act of the host.
                "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b",
                "f3 f4 f5 f6 f7 f8 f9 fa fb fc",
                // tree/f0: walk 1 to 3, open to read and write, read, write, fsync, getattr, clunk.
                "17 01 03 01 0a 01 03 02 18 03 00 0c 19 03 00 20 0c 03 00 07 03 05 1a 03",
                // Create n0 in a copy of tree, write it, rename and remove it.
                "17 01 03 00 02 03 0c 01 00 00 19 03 00 f3 11 01 0c 01 0d 12 01 0d 00",
                // Make a directory and a link in it, walk through both, list, remove.
                "10 01 0c 00 00 17 01 03 01 0c 03 03 0d 0a 00 01 04 03 00 0b 03 00 08 12 01 0c 40",
                // A temporary beside doc.txt, written, and renamed over it.
                "17 02 03 00 02 03 0c 02 00 00 19 03 00 20 1a 03 11 02 0c 02 05 0c 02 00",
                // The backup: doc.txt renamed away, made anew, synchronised.
                "11 02 05 02 0d 17 02 03 00 02 03 05 02 00 00 19 03 00 05 0c 03 00 1a 03",
                // Locks, attributes, a lease that ends with its file open.
                "17 01 03 01 0a 01 03 02 0d 03 01 00 00 00 01 1e 0e 03 01 00 00 01 1e 07 03 ff 01 00 00 00 05 01 01 01 01 f0 18 03 00 05 1a 03",
                // A directory swapped for a link between two steps.
                "17 01 03 01 08 f4 17 03 04 01 09 17 01 05 02 08 09 01 05 00 18 05 00 08 06 03",
                // Names that are none, flushes, a tag twice, a new version.
                "17 00 05 01 15 17 00 05 02 02 13 17 00 05 01 1c f2 18 01 f2 18 01 16 00 13 08 1e 15 00 ff 00 00 00")) {
            seeds.add(HexFormat.of().parseHex(script.replace(" ", "")));
        }
        return seeds;
    }

    private void fuzz(Class<?> target, List<byte[]> seeds, int seconds, int mostBytes, long least) throws Exception {
        Path kept = Files.createDirectories(Path.of("target/fuzz", target.getSimpleName()));
        Path findings = Files.createDirectories(Path.of("target/fuzz/findings"));
        Path begin = Files.createDirectory(folder.resolve("seeds"));
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(begin.resolve(String.valueOf(i)), seeds.get(i));
        }
        Path printed = folder.resolve("printed");
        Process jazzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+EnableDynamicAgentLoading",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.getName(),
                        "--instrumentation_includes=" + CLASSES,
                        "--instrumentation_excludes=" + testClasses(),
                        "--reproducer_path=" + findings.toAbsolutePath(),
                        "-artifact_prefix=" + findings.toAbsolutePath() + "/" + target.getSimpleName() + "-",
                        "-max_total_time=" + seconds,
                        "-max_len=" + mostBytes,
                        "-len_control=20",
                        "-timeout=60",
                        "-rss_limit_mb=0",
                        "-print_final_stats=1",
                        kept.toAbsolutePath().toString(),
                        begin.toString())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            assertTrue(jazzer.waitFor(seconds + 300L, TimeUnit.SECONDS), () -> "it does not end: " + tail(printed));
        } finally {
            jazzer.destroyForcibly();
        }
        String all = Files.readString(printed, StandardCharsets.ISO_8859_1);
        assertEquals(0, jazzer.exitValue(), () -> "a finding, see target/fuzz/findings: " + tail(printed));
        Matcher executions =
                Pattern.compile("stat::number_of_executed_units: (\\d+)").matcher(all);
        assertTrue(executions.find(), () -> tail(printed));
        assertTrue(Long.parseLong(executions.group(1)) >= least, () -> "too few executions: " + tail(printed));
        all.lines()
                .filter(line -> line.contains("DONE"))
                .forEach(line -> System.out.println("fuzz " + target.getSimpleName() + ": " + line));
    }

    /** Coverage is that of the server, not of what tries it. */
    private static String testClasses() throws Exception {
        Path classes = Path.of(FuzzTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path own = classes.resolve(FuzzTest.class.getPackageName().replace('.', '/'));
        try (var all = Files.list(own)) {
            return all.map(file -> FuzzTest.class.getPackageName() + "."
                            + file.getFileName().toString().replace(".class", ""))
                    .collect(Collectors.joining(":"));
        }
    }

    private static String tail(Path printed) {
        try {
            String all = Files.readString(printed, StandardCharsets.ISO_8859_1);
            return all.substring(Math.max(0, all.length() - 6000));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
