// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.tests.desktop.Patience;
import org.spectrum_os.portal.tests.guest.GuestVm;
import org.spectrum_os.portal.tests.stage.GuestAgent.Face;

/**
 * What {@code tests/measure-usb} prints. The window is a script: no person is measured. Where a guest is part of it, all times are the host's,
 * and include one answer of the guest's command channel, alike on both sides.
 */
public final class MeasureUsb {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String BARE = "bare";
    private static final String NODE = "node";
    private static final String OPEN = "open";
    private static final int CLICKS = 12;
    private static final int TURNS = 1000;
    private static final int WARM_UP = 20;
    private static final int DEVICES = 64;
    private static final int INSTANCES = 100;

    private final Narrator narrator = new Narrator(System.err);
    private final StringBuilder table = new StringBuilder();

    private MeasureUsb() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) {
        System.exit(Curtain.run("tests/measure-usb", () -> new MeasureUsb().run()));
    }

    private int run() throws IOException, InterruptedException {
        try (Stage stage = new Stage();
                UsbOnStage usb = new UsbOnStage(stage)) {
            clicks(stage, usb);
        }
        try (Stage stage = new Stage();
                UsbOnStage usb = new UsbOnStage(stage)) {
            turns(stage, usb);
        }
        try (Stage stage = new Stage();
                UsbOnStage usb = new UsbOnStage(stage)) {
            many(stage, usb);
        }
        System.out.print(table);
        return 0;
    }

    private static double since(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }

    /** From the click to the node, beside QEMU alone, in turn. */
    private void clicks(Stage stage, UsbOnStage usb) throws IOException, InterruptedException {
        narrator.step("booting a guest");
        Path second = stage.folder().resolve("vm/qmp2");
        GuestVm guest = stage.startGuest(
                narrator::more,
                AgentDisk.Content.AGENT,
                Stream.concat(
                                UsbInGuest.CONTROLLER.stream(),
                                Stream.of("-qmp", "unix:" + second + ",server=on,wait=off"))
                        .toList());
        var inside = new UsbInGuest(guest);
        inside.install();
        usb.plugStick();
        usb.startMachine();
        Path home = stage.session().resolve("home");
        Path asked = home.resolve("asked.jsonl");
        Path hold = home.resolve("hold");
        stage.startBackend(
                usb.policy(UsbOnStage.rule(UsbOnStage.STICK, "ask")),
                stage.scriptedWindow("lend", "--log", asked.toString(), "--hold", hold.toString()));
        var agent = new GuestAgent(guest);
        agent.installFace(Face.FRONTEND);
        var series = new Series();
        try (Qmp qmp = Qmp.connect(second)) {
            for (int round = 0; round <= CLICKS; round++) {
                narrator.step("click " + round + " of " + CLICKS);
                double bare = bare(guest, qmp, usb.content());
                inside.awaitDevices();
                Files.writeString(hold, "");
                stage.own(hold);
                Files.deleteIfExists(asked);
                var app = GuestApp.start(guest, agent, "use-usb", "--device", UsbOnStage.STICK);
                awaitQuestion(asked);
                try (var node = watch(guest, "node", NODE_IS_THERE);
                        var open = watch(guest, "open", APP_HAS_OPENED)) {
                    awaitWatching(guest, "node");
                    awaitWatching(guest, "open");
                    long begin = System.nanoTime();
                    Files.delete(hold);
                    node.await();
                    double there = since(begin);
                    open.await();
                    double opened = since(begin);
                    // The first is for warming up.
                    if (round > 0) {
                        series.add(BARE, bare);
                        series.add(NODE, there);
                        series.add(OPEN, opened);
                    }
                }
                var _ = app.awaitEnd(PATIENCE);
                inside.awaitDevices();
            }
        }
        table.append("| to a node in the guest, median, ms | n | ms | ratio |\n|---|--:|--:|--:|\n");
        double bare = series.median(BARE);
        row("QEMU's `device_add` alone", bare, bare);
        row("from the click, the node is there", series.median(NODE), bare);
        row("from the click, the application has its descriptor and has asked the device", series.median(OPEN), bare);
    }

    private void row(String what, double value, double bare) {
        table.append(String.format(Locale.ROOT, "| %s | %d | %.0f | %.2f |%n", what, CLICKS, value, value / bare));
    }

    /** The controller's own hubs are the two nodes that are there before. */
    private static final String NODE_IS_THERE = "set -- /dev/bus/usb/*/*; [ $# -gt 2 ]";

    private static final String APP_HAS_OPENED =
            "IFS= read -r -d '' text </tmp/application.out; [[ $text == *'\"opened\"'* ]]";

    /** Looks in the guest until it is so, with nothing but the shell itself. */
    private static Background<Void> watch(GuestVm guest, String name, String look) {
        return Background.start(name, () -> {
            guest.sh("""
                    exec 9<> <(:)
                    touch /run/guest/watching.%s
                    until %s; do read -r -t 0.005 -u 9; done
                    rm /run/guest/watching.%s
                    """.formatted(name, look, name), PATIENCE).orThrow();
            return null;
        });
    }

    private static void awaitWatching(GuestVm guest, String name) throws IOException, InterruptedException {
        guest.sh("until [ -e /run/guest/watching." + name + " ]; do sleep 0.02; done", PATIENCE)
                .orThrow();
    }

    private static double bare(GuestVm guest, Qmp qmp, Path content) throws IOException, InterruptedException {
        qmp.execute(
                "blockdev-add",
                Map.of(
                        "driver",
                        "raw",
                        "node-name",
                        "bare-drive",
                        "file",
                        Map.of("driver", "file", "filename", content.toString())));
        try (var node = watch(guest, "bare", NODE_IS_THERE)) {
            awaitWatching(guest, "bare");
            long begin = System.nanoTime();
            qmp.execute(
                    "device_add",
                    Map.of("driver", "usb-storage", "id", "bare", "bus", "xhci.0", "drive", "bare-drive"));
            node.await();
            return since(begin);
        } finally {
            qmp.remove("bare");
            qmp.execute("blockdev-del", Map.of("node-name", "bare-drive"));
        }
    }

    private static void awaitQuestion(Path asked) throws IOException {
        Patience.await("the user to be asked", PATIENCE, () -> {
            try {
                return Files.exists(asked) && Files.readString(asked).contains("\"show\"")
                        ? Optional.of(true)
                        : Optional.empty();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private void turns(Stage stage, UsbOnStage usb) throws IOException, InterruptedException {
        narrator.step(TURNS + " rounds of attaching and detaching");
        usb.plugStick();
        usb.startMachine(List.of());
        stage.startBackend(usb.policy(UsbOnStage.rule(UsbOnStage.STICK, "ask")), stage.scriptedWindow("lend"));
        var series = new Series();
        try (UsbGuest guest = UsbGuest.connect(stage.folder().resolve("vm/vm.vsock"))) {
            for (int round = 0; round < WARM_UP; round++) {
                turn(usb, guest);
            }
            UsbStock before = UsbStock.of(stage, usb);
            for (int round = 0; round < TURNS; round++) {
                series.add(NODE, turn(usb, guest));
            }
            UsbStock after = UsbStock.of(stage, usb);
            table.append("\n| %d rounds, %.0f ms each | before | after |%n|---|--:|--:|%n"
                    .formatted(TURNS, series.median(NODE)));
            compare("descriptors of the backend", before.descriptors(), after.descriptors());
            compare("threads of the backend", before.threads(), after.threads());
            compare("open files of the monitor", before.monitorFiles(), after.monitorFiles());
            compare("ports in use", before.ports(), after.ports());
        }
    }

    private void compare(String what, long before, long after) {
        table.append(String.format(Locale.ROOT, "| %s | %d | %d |%n", what, before, after));
    }

    /** Asked for, lent, attached, given back, detached. */
    private static double turn(UsbOnStage usb, UsbGuest guest) throws IOException {
        long begin = System.nanoTime();
        LentDevice lent = guest.acquire(guest.devices().getFirst());
        guest.release(lent);
        while (usb.machine().attached() > 0) {
            Thread.onSpinWait();
        }
        return since(begin);
    }

    private void many(Stage stage, UsbOnStage usb) throws IOException, InterruptedException {
        narrator.step(DEVICES + " devices, " + INSTANCES + " instances");
        for (int i = 1; i <= DEVICES; i++) {
            usb.fixture("plug", "serial", "1-" + i, "--serial", "A" + i);
        }
        stage.startBackend(usb.policyForMany(INSTANCES), stage.scriptedWindow("deny"));
        var series = new Series();
        for (int i = 0; i < INSTANCES; i++) {
            series.add("alone", listing(stage, i));
        }
        long begin = System.nanoTime();
        var all = new ArrayList<Background<Double>>();
        try {
            IntStream.range(0, INSTANCES)
                    .forEach(i -> all.add(Background.start("instance " + i, () -> listing(stage, i))));
            for (Background<Double> one : all) {
                series.add("together", one.await());
            }
        } finally {
            all.forEach(Background::close);
        }
        double whole = since(begin);
        table.append(String.format(
                Locale.ROOT,
                "%n| from connecting until all %d devices are known | n | ms |%n|---|--:|--:|%n"
                        + "| one instance after the other, median | %d | %.1f |%n"
                        + "| %d instances at once, median | %d | %.1f |%n| until the last of them knows | 1 | %.1f |%n",
                DEVICES,
                INSTANCES,
                series.median("alone"),
                INSTANCES,
                INSTANCES,
                series.median("together"),
                whole));
    }

    private static double listing(Stage stage, int instance) throws IOException {
        long begin = System.nanoTime();
        try (UsbGuest guest = UsbGuest.connect(UsbOnStage.manySocket(stage, instance))) {
            double listed = since(begin);
            if (guest.devices().size() != DEVICES) {
                throw new IOException("instance " + instance + " was told of "
                        + guest.devices().size() + " devices, not of " + DEVICES);
            }
            return listed;
        }
    }
}
