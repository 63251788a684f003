// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * USB devices on a stage: a computer that has some ({@code tests/usb-fixture}), the monitor of the guest's VM ({@code tests/crosvm-double}), which
 * shows an emulated device in the guest for each that is attached, and the policy between them.
 */
final class UsbOnStage implements AutoCloseable {
    /** The stick's numbers, here and, by QEMU's emulation, in the guest. */
    static final String STICK = "46f4:0001";
    /** Its serial number. */
    static final String STICK_SERIAL = "STAGE-0001";
    /** Where it is plugged in. */
    static final String STICK_PORT = "2-1";
    /** A serial adapter's numbers. */
    static final String SERIAL = "0403:6001";

    static final String ADAPTER_SERIAL = "A50285BI";
    static final String KEYBOARD = "0627:0001";

    private static final String MONITOR = "crosvm";
    private static final int STICK_BYTES = 4 << 20;

    private final Stage stage;
    private final Path root;
    private final Path content;
    private final HostCommands commands;
    private @Nullable CrosvmDouble machine;

    /** Makes a computer without devices, which the backends of the stage see from now on, and a disk's content for the stick. */
    UsbOnStage(Stage stage) throws IOException, InterruptedException {
        this.stage = stage;
        root = stage.own(Files.createDirectories(stage.folder().resolve("usb")));
        content = stage.folder().resolve("vm/stick.img");
        byte[] bytes = new byte[STICK_BYTES];
        new Random(42).nextBytes(bytes);
        Files.write(content, bytes);
        stage.own(content);
        commands = HostCommands.in(stage.folder().resolve("vm"), stage.user());
        fixture("init");
        stage.giveEveryBackend(List.of("--usb-root", root.toString()));
    }

    /** What the stick holds. */
    Path content() {
        return content;
    }

    /** Does something with the computer's devices, as {@code usb-fixture DIR …} does it. */
    void fixture(String... command) throws IOException, InterruptedException {
        var words =
                new ArrayList<>(List.of(stage.programs().ofTests("usb-fixture").toString(), root.toString()));
        words.addAll(List.of(command));
        var _ = commands.must(words.toArray(String[]::new));
    }

    /** Plugs the stick in that the guest is to have. */
    void plugStick() throws IOException, InterruptedException {
        fixture("plug", "stick", STICK_PORT, "--serial", STICK_SERIAL);
    }

    /** Starts the guest's monitor: what is attached appears in the guest that runs. */
    CrosvmDouble startMachine() throws IOException {
        return startMachine(List.of(
                "--qmp",
                stage.guest().qmpSocket().toString(),
                "--emulate",
                STICK + "=usb-storage,serial=" + STICK_SERIAL + ",drive=" + content,
                "--emulate",
                SERIAL + "=usb-serial,chardev=null,always-plugged=on,serial=" + ADAPTER_SERIAL,
                "--emulate",
                KEYBOARD + "=usb-kbd",
                "--emulate",
                "18d1:f1d0=usb-kbd"));
    }

    /** Starts a monitor with other arguments; the one before must have ended. */
    CrosvmDouble startMachine(List<String> arguments) throws IOException {
        var started = CrosvmDouble.start(stage, MONITOR, arguments);
        machine = started;
        return started;
    }

    CrosvmDouble machine() {
        CrosvmDouble current = machine;
        if (current == null) {
            throw new IllegalStateException("no monitor has been started");
        }
        return current;
    }

    /** Writes a policy by which the guest's VM has this monitor, and by which its instance may have devices. */
    Path policy(String... rules) throws IOException {
        return stage.write("""
                {
                  "version": 1,
                  "phrase": "%s",
                  "consent": {"answer-within-seconds": 120, "denial-memory-seconds": 0, "denial-memory-most-seconds": 0},
                  "instances": {
                    "%s": {"colour": "#1a5fb4", "link": {"unix": "%s"}, "machine": {"crosvm": "%s"}, "rules": {"file": "ask"}, "usb": [
                      %s
                    ]}
                  }
                }
                """.formatted(
                        Stage.PHRASE,
                        Stage.INSTANCE,
                        stage.folder().resolve("vm/vm.vsock"),
                        CrosvmDouble.socket(stage, MONITOR),
                        String.join(",\n      ", rules)));
    }

    /** Writes a policy with so many instances, each of which may have every serial adapter; none of their VMs runs. */
    Path policyForMany(int count) throws IOException {
        String instances = IntStream.range(0, count)
                .mapToObj(i -> """
                        "vm%d": {"colour": "#1a5fb4", "link": {"unix": "%s"}, "machine": {"crosvm": "%s"}, "rules": {}, "usb": [%s]}\
                        """.formatted(
                                i, manySocket(stage, i), CrosvmDouble.socket(stage, "vm" + i), rule(SERIAL, "ask")))
                .collect(Collectors.joining(",\n"));
        return stage.write(
                "{\"version\": 1, \"phrase\": \"%s\", \"instances\": {%s}}".formatted(Stage.PHRASE, instances));
    }

    /** The socket that stands for one of those. */
    static Path manySocket(Stage stage, int number) {
        return stage.folder().resolve("vm/vm" + number + ".vsock");
    }

    /** A rule about one kind of device. */
    static String rule(String numbers, String mode) {
        return "{\"device\": \"%s\", \"mode\": \"%s\"}".formatted(numbers, mode);
    }

    /** Ends the monitor, and so the VM in the backend's eyes. */
    @Override
    public void close() throws IOException {
        CrosvmDouble current = machine;
        machine = null;
        if (current != null) {
            current.close();
        }
    }
}
