// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.spectrum_os.portal.tests.desktop.Accessible;
import org.spectrum_os.portal.tests.desktop.ConsentDialog;
import org.spectrum_os.portal.tests.guest.GuestSettings;
import org.spectrum_os.portal.tests.stage.GuestAgent.Face;

/** Measures what {@code docs/performance.md} shows. */
public final class Measure {
    private static final int ROUNDS = 12;
    private static final int COLD_ROUNDS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String FILE = "letter.txt";
    private static final Pattern ON_SCREEN = Pattern.compile("came on screen ([0-9]+) ms after");
    private static final double NANOS = 1e6;

    private final Narrator narrator = new Narrator(System.err);
    private final Figures figures = new Figures();
    private double doubt;

    private Measure() {}

    /** Measures and prints; takes no arguments. */
    public static void main(String[] arguments) {
        System.exit(Curtain.run("tests/measure", () -> new Measure().run()));
    }

    private int run() throws IOException, InterruptedException {
        for (AgentDisk.Content content : List.of(AgentDisk.Content.AGENT, AgentDisk.Content.AGENT_WITHOUT_CACHE)) {
            try (Stage stage = new Stage()) {
                try {
                    measure(stage, content);
                } finally {
                    // Told to stop: what was started still wants its time to end.
                    var _ = Thread.interrupted();
                }
            }
        }
        System.out.print(machine() + figures.table());
        return 0;
    }

    private void measure(Stage stage, AgentDisk.Content content) throws IOException, InterruptedException {
        boolean cached = content == AgentDisk.Content.AGENT;
        String with = cached ? "with its AOT cache" : "without";
        narrator.step("agent " + with + ": booting, nothing else running");
        Files.writeString(stage.documents().resolve(FILE), "Dear Ada,\n");
        stage.own(stage.documents());
        var guest = stage.startGuest(narrator::step, content);
        figures.add(
                "guest boot: start of QEMU to its first command, s",
                guest.bootTime().toMillis() / 1e3);
        stage.startBackend(stage.policy("deny", 120));
        var agent = new GuestAgent(guest);
        long begin = System.nanoTime();
        agent.mount().orThrow();
        figures.add("mount step at boot, agent " + with + ", s", (System.nanoTime() - begin) / 1e9);
        stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
        narrator.step("denied by policy");
        for (int i = 0; i < COLD_ROUNDS; i++) {
            agent.installFace(Face.FRONTEND);
            figures.add(
                    "denied by policy, agent started by this call " + with + ", s",
                    roundTrips(stage, agent, 0).getFirst() / 1e3);
        }
        List<Double> trips = roundTrips(stage, agent, ROUNDS);
        // The first one of a process connects to the bus as well.
        trips.subList(1, trips.size())
                .forEach(trip -> figures.add("denied by policy, agent running " + with + ", ms", trip));
        if (cached) {
            lendOften(stage, agent);
        }
        memory(stage, with, cached);
    }

    private static List<Double> roundTrips(Stage stage, GuestAgent agent, int more)
            throws IOException, InterruptedException {
        AppReport report = GuestApp.start(stage.guest(), agent, "--again", Integer.toString(more))
                .awaitEnd(PATIENCE);
        List<JsonNode> asked = report.all("asking");
        List<JsonNode> answered = report.all("answered");
        if (answered.size() != more + 1
                || answered.stream().anyMatch(one -> one.get("response").asInt() != 1)) {
            throw new IOException("not every request was denied: " + report.everything()
                    + stage.backend().log());
        }
        var trips = new ArrayList<Double>();
        for (int i = 0; i < answered.size(); i++) {
            trips.add((at(answered.get(i)) - at(asked.get(i))) * 1e3);
        }
        return trips;
    }

    private void lendOften(Stage stage, GuestAgent agent) throws IOException, InterruptedException {
        stage.startBackend(stage.policy("ask", 120));
        agent.mount().orThrow();
        stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
        GuestClock clock = GuestClock.of(stage.guest());
        doubt = clock.doubt();
        // One that does not count: it loads what the window and the agent load once.
        for (int round = 0; round <= ROUNDS; round++) {
            narrator.step("lending, round " + round + " of " + ROUNDS);
            lend(stage, agent, clock, round > 0 ? figures : new Figures());
        }
    }

    private void lend(Stage stage, GuestAgent agent, GuestClock clock, Figures into)
            throws IOException, InterruptedException {
        int before = stage.backend().log().length();
        var app = GuestApp.start(stage.guest(), agent);
        long mapped = awaitMapped(stage, before);
        var found = ON_SCREEN.matcher(stage.backend().log().substring(before));
        if (!found.find()) {
            throw new IOException(
                    "the backend's log lost a line: " + stage.backend().log());
        }
        ConsentDialog dialog = ConsentDialog.await(stage.desktop(), PATIENCE).awaitArmed();
        dialog.chooseInList(FILE);
        Accessible lend = dialog.button("Lend");
        long pressed = System.nanoTime();
        lend.press();
        AppReport report = app.awaitEnd(PATIENCE);
        into.add("request to dialog mapped, window warm: the host's part, ms", Double.parseDouble(found.group(1)));
        into.add(
                "request to dialog mapped, window warm: from the application's call, ms",
                (mapped - clock.here(at(report.event("asking")))) / NANOS);
        into.add("pick to readable: the backend's decision to its grant, on disk, ms", grantMillis(stage));
        into.add(
                "pick to readable: button pressed to the application's first stat, ms",
                (clock.here(at(report.event("readable"))) - pressed) / NANOS);
        stage.backend().command("revoke", "--all");
    }

    /** When the log named a new dialog, seen within a millisecond or two. */
    private static long awaitMapped(Stage stage, int before) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Path log = stage.session().resolve("backend-2.log");
        while (System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
            if (Files.size(log) > before
                    && ON_SCREEN
                            .matcher(Files.readString(log).substring(before))
                            .find()) {
                return System.nanoTime();
            }
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
        throw new IOException("no dialog came on screen: " + Files.readString(log));
    }

    private static double grantMillis(Stage stage) throws IOException {
        Instant decided = Instant.EPOCH;
        Instant granted = Instant.EPOCH;
        for (String line : Files.readAllLines(stage.session()
                .resolve("state/spectrum-portal")
                .resolve(Stage.INSTANCE)
                .resolve("audit.jsonl"))) {
            JsonNode event = new JsonMapper().readTree(line);
            Instant time = Instant.parse(event.get("time").asText());
            switch (event.get("event").asText()) {
                case "decided" -> decided = time;
                case "granted" -> granted = time;
                default -> {
                    // Not of this figure.
                }
            }
        }
        return Duration.between(decided, granted).toNanos() / NANOS;
    }

    private void memory(Stage stage, String with, boolean wholeHost) throws IOException, InterruptedException {
        if (wholeHost) {
            figures.add(
                    "RSS of the backend, MB",
                    megabytes(stage.backend().process().pid()));
            figures.add(
                    "RSS of the consent window, MB",
                    megabytes(stage.backend().child("consent-ui").pid()));
            figures.add(
                    "RSS of the file server, MB",
                    megabytes(stage.backend().child("FileServerMain").pid()));
        }
        String rss = stage.guest().sh("ps -C java -o rss=").orThrow().text();
        figures.add("RSS of the agent in the guest " + with + ", MB", Long.parseLong(rss.strip()) / 1024.0);
    }

    private static double megabytes(long pid) throws IOException {
        return BackendProcess.residentKilobytes(pid) / 1024.0;
    }

    private static double at(JsonNode event) {
        return event.get("at").asDouble();
    }

    private String machine() throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.replaceFirst(".*: *", ""))
                .findFirst()
                .orElse("processor unknown");
        return "%d × %s, Linux %s, Java %s; guest: 2 processors, accelerator %s; clocks of guest and host agree to %.1f ms%n%n"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        processor,
                        System.getProperty("os.version"),
                        Runtime.version(),
                        GuestSettings.in(Path.of("/tmp")).accelerator(),
                        doubt);
    }
}
