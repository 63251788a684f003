// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.spectrum_os.portal.tests.guest.GuestVm;

/** Compares our file server with diod and virtiofsd: the same folder, the same guest, in turn. Prints Markdown. */
public final class MeasureFiles {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String WORKLOAD = "/opt/spectrum-portal/apps/file-workload ";

    private final Narrator narrator = new Narrator(System.err);
    private final int rounds;
    private final int seconds;

    private MeasureFiles(boolean quick) {
        rounds = quick ? 1 : 3;
        seconds = quick ? 1 : 3;
    }

    /** What can be measured. */
    private enum Part {
        CLIENT,
        BESIDE,
        MANY,
        GUEST
    }

    /**
     * Takes {@code --quick}, then the path of the compiled client of {@code tests/file-bench}, then the names of the parts to measure: all
     * of them if there is none.
     */
    public static void main(String[] arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        var measure = new MeasureFiles(words.remove("--quick"));
        Path client = Path.of(words.removeFirst());
        Set<Part> parts = words.isEmpty() ? EnumSet.allOf(Part.class) : EnumSet.noneOf(Part.class);
        words.forEach(word -> parts.add(Part.valueOf(word.toUpperCase(Locale.ROOT))));
        System.exit(Curtain.run("tests/measure-files", () -> measure.run(client, parts)));
    }

    private int run(Path client, Set<Part> parts) throws IOException, InterruptedException {
        try (var stage = new Stage()) {
            Path folder = stage.documents().resolve("bench");
            narrator.step("making files");
            FileBench.fill(folder);
            stage.own(folder);
            Path streamed = Files.createDirectories(stage.documents().resolve("stream"));
            Files.copy(folder.resolve("big"), streamed.resolve("big"));
            stage.own(streamed);
            stage.startBackend(stage.policyForTwo(folder, streamed));
            try (var diod = FileBench.diod(stage, folder)) {
                for (Part part : parts) {
                    System.out.print(
                            switch (part) {
                                case CLIENT -> withoutGuest(stage, folder, client);
                                case BESIDE ->
                                    new FileServerLoad(client, narrator, rounds, seconds)
                                            .beside(stage, folder, streamed);
                                case MANY -> FileServerLoad.manyInstances(stage, folder);
                                case GUEST -> inGuest(stage, folder);
                            });
                }
            }
        }
        return 0;
    }

    private String withoutGuest(Stage stage, Path folder, Path client) throws IOException, InterruptedException {
        var table = new StringBuilder("""
                | one client, Unix socket | in flight | diod | ours | ours/diod |
                |---|--:|--:|--:|--:|
                """);
        record Row(String title, String operation, String inside, int files, String unit) {}
        for (Row row : List.of(
                new Row("stat of 10 000 files, per second", "stat", "many", 10_000, "per_second"),
                new Row("open, read and close 1 000 files of 4 KiB, per second", "small", "small", 1_000, "per_second"),
                new Row("sequential read, MB/s", "read", ".", 1, "mb_per_second"),
                new Row("sequential write, MB/s", "write", ".", 1, "mb_per_second"))) {
            for (int depth : List.of(1, 8)) {
                narrator.step(row.title() + ", " + depth + " in flight");
                var all = new Series();
                for (int round = 0; round < rounds; round++) {
                    for (String who : List.of("diod", "ours")) {
                        // Each makes its own: they run as different users.
                        Files.deleteIfExists(folder.resolve("written"));
                        boolean ours = who.equals("ours");
                        JsonNode figures = FileServerLoad.client(
                                client,
                                ours ? FileBench.ourSocket(stage) : FileBench.diodSocket(stage),
                                ours ? "/" : folder.toString(),
                                (ours ? "bench/bench/" : "") + row.inside(),
                                row.operation(),
                                row.files(),
                                depth,
                                seconds);
                        all.add(who, figures.get(row.unit()).asDouble());
                    }
                }
                double diod = all.median("diod");
                double ours = all.median("ours");
                table.append(String.format(
                        Locale.ROOT,
                        "| %s | %d | %.0f | %.0f | %.2f |%n",
                        row.title(),
                        depth,
                        diod,
                        ours,
                        ours / diod));
            }
        }
        narrator.step("such a socket alone");
        double alone = FileServerLoad.client(client, FileBench.ourSocket(stage), "/", ".", "socket", 1, 1, seconds)
                .get("mb_per_second")
                .asDouble();
        long server = stage.backend().child("FileServerMain").pid();
        return table.append(String.format(
                        Locale.ROOT,
                        "%nSuch a socket alone, two processes that do nothing else: %.0f MB/s. RSS of our server after that: %d MB.%n%n",
                        alone,
                        BackendProcess.residentKilobytes(server) / 1024))
                .toString();
    }

    private String inGuest(Stage stage, Path folder) throws IOException, InterruptedException {
        try (var virtiofsd = FileBench.virtiofsd(stage, folder);
                var vsock = VsockPeer.listen(stage.guestSocket(FileBench.VSOCK_PORT))) {
            narrator.step("booting the guest");
            GuestVm guest = stage.startGuest(narrator::step, AgentDisk.Content.AGENT, virtiofsd.devices());
            Map<String, String> mounts = mount(stage, guest, folder);
            var series = new LinkedHashMap<String, Series>();
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<String, String> mount : mounts.entrySet()) {
                    narrator.step("guest, round " + (round + 1) + " of " + rounds + ": " + mount.getKey());
                    add(
                            series,
                            mount.getKey(),
                            guest.sh(WORKLOAD + mount.getValue(), PATIENCE)
                                    .orThrow()
                                    .text());
                }
                add(
                        series,
                        "vsock",
                        guest.sh(WORKLOAD + "--vsock " + FileBench.VSOCK_PORT, PATIENCE)
                                .orThrow()
                                .text());
            }
            return table(series, mounts.keySet().stream().toList());
        }
    }

    private static Map<String, String> mount(Stage stage, GuestVm guest, Path folder)
            throws IOException, InterruptedException {
        new GuestAgent(guest).mount().orThrow();
        stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
        guest.sh("/opt/spectrum-portal/apps/mount-9p " + FileBench.DIOD_PORT + " " + folder
                        + " /mnt/diod uname=root,access=any,cache=mmap,msize=524288,nosuid,nodev")
                .orThrow();
        guest.sh("mkdir -p /mnt/virtiofs && mount -t virtiofs bench /mnt/virtiofs")
                .orThrow();
        var mounts = new LinkedHashMap<String, String>();
        mounts.put("diod", "/mnt/diod");
        mounts.put("virtiofsd", "/mnt/virtiofs");
        mounts.put("ours", "/run/portal/bench/bench");
        return mounts;
    }

    private static void add(Map<String, Series> series, String who, String printed) throws IOException {
        new JsonMapper()
                .readTree(printed)
                .properties()
                .forEach(figure -> series.computeIfAbsent(figure.getKey(), _ -> new Series())
                        .add(who, figure.getValue().asDouble()));
    }

    private static String table(Map<String, Series> series, List<String> servers) {
        var table = new StringBuilder("""
                | in one guest | vsock alone | diod | virtiofsd | ours | ours/diod | ours/virtiofsd |
                |---|--:|--:|--:|--:|--:|--:|
                """);
        var titles = new LinkedHashMap<String, String>();
        titles.put("read_mb_per_second", "sequential read, MB/s");
        titles.put("write_mb_per_second", "sequential write with fsync, MB/s");
        titles.put("small_ms", "open, read, close, ms a file");
        titles.put("stat_ms", "stat, ms a thousand");
        titles.put("tar_seconds", "tar x, s");
        titles.put("git_first_seconds", "git status, first, s");
        titles.put("git_seconds", "git status, again, s");
        titles.forEach((name, title) -> {
            Series row = series.getOrDefault(name, new Series());
            boolean rate = name.endsWith("per_second");
            table.append("| ").append(title).append(" | ").append(rate ? shown(row.median("vsock")) : "");
            servers.forEach(server -> table.append(" | ").append(shown(row.median(server))));
            for (String other : List.of("diod", "virtiofsd")) {
                // How many times as fast, also where the figure is a time.
                double ratio = row.median("ours") / row.median(other);
                table.append(String.format(Locale.ROOT, " | %.2f", rate ? ratio : 1 / ratio));
            }
            table.append(" |\n");
        });
        return table.append("\nThe ratios say how many times as fast ours is.\n")
                .toString();
    }

    private static String shown(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
    }
}
