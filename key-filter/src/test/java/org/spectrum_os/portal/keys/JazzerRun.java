// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Coverage-guided fuzzing by Jazzer, in a process of its own, for as long as {@code -Dfuzz.seconds=N} says (4 without it). What an earlier
 * run found worth keeping, in {@code target/fuzz}, is where the next begins; an input that ends in a finding stays in
 * {@code target/fuzz/findings}, and belongs into a test's list of what was found once it is understood. Jazzer brings native code for
 * amd64 and aarch64 only.
 *
 * @param target    the class with {@code public static void fuzzerTestOneInput(byte[])}
 * @param mostBytes of one input
 * @param least     executions for the run to count
 */
public record JazzerRun(Class<?> target, int mostBytes, long least) {
    /** For how long one target is tried. */
    public static final int SECONDS = Integer.getInteger("fuzz.seconds", 4);

    private static final String CLASSES = "org.spectrum_os.portal.keys.**:org.spectrum_os.portal.transport.**";

    /**
     * Fuzzes, and fails the calling test on a finding.
     *
     * @param folder an empty one that the test takes away afterwards
     * @param seeds  what users do every day, so that the fuzzer begins where it gets interesting
     */
    public void run(Path folder, List<byte[]> seeds) throws Exception {
        Path kept = Files.createDirectories(Path.of("target/fuzz", target.getSimpleName()));
        Path findings = Files.createDirectories(Path.of("target/fuzz/findings"));
        Path begin = Files.createDirectory(folder.resolve("seeds"));
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(begin.resolve(String.valueOf(i)), seeds.get(i));
        }
        Path printed = folder.resolve("printed");
        Process jazzer = new ProcessBuilder(command(kept, findings, begin))
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            assertTrue(jazzer.waitFor(SECONDS + 300L, TimeUnit.SECONDS), () -> "it does not end: " + tail(printed));
        } finally {
            jazzer.destroyForcibly();
        }
        assertEquals(0, jazzer.exitValue(), () -> "a finding, see target/fuzz/findings: " + tail(printed));
        String all = Files.readString(printed, StandardCharsets.ISO_8859_1);
        Matcher executions =
                Pattern.compile("stat::number_of_executed_units: (\\d+)").matcher(all);
        assertTrue(executions.find(), () -> tail(printed));
        assertTrue(Long.parseLong(executions.group(1)) >= least, () -> "too few executions: " + tail(printed));
        System.out.println(
                "fuzz " + target.getSimpleName() + ": " + executions.group(1) + " executions in " + SECONDS + " s");
    }

    private List<String> command(Path kept, Path findings, Path begin) throws Exception {
        return List.of(
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
                "-max_total_time=" + SECONDS,
                "-max_len=" + mostBytes,
                "-len_control=20",
                "-timeout=60",
                "-rss_limit_mb=0",
                "-print_final_stats=1",
                kept.toAbsolutePath().toString(),
                begin.toString());
    }

    /** Coverage is that of the filters, not of what tries them. */
    private static String testClasses() throws Exception {
        Path classes = Path.of(JazzerRun.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (var all = Files.walk(classes)) {
            return all.map(file -> classes.relativize(file).toString())
                    .filter(name -> name.endsWith(".class"))
                    .map(name -> name.replace(".class", "").replace('/', '.'))
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
