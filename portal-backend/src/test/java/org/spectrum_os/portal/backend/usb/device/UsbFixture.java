// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.backend.usb.device.HostDevices.Change;

/** A folder that looks like a computer's devices, made and changed by {@code tests/usb-fixture}, and what watches it. */
final class UsbFixture implements AutoCloseable {
    private static final Path PROGRAM =
            Path.of("../tests/usb-fixture").toAbsolutePath().normalize();

    final Path folder;
    final SysfsDevices devices;
    final BlockingQueue<Change> changes = new LinkedBlockingQueue<>();

    /**
     * @param begin commands before the devices are watched, the first of them {@code init}
     */
    UsbFixture(Path folder, String... begin) throws Exception {
        this.folder = folder.toRealPath();
        for (String command : begin) {
            run(command);
        }
        devices = SysfsDevices.open(this.folder, this::unmount);
        devices.listen(changes::add);
    }

    void run(String command) throws Exception {
        List<String> words = new ArrayList<>(List.of(PROGRAM.toString(), folder.toString()));
        words.addAll(List.of(command.split(" ", -1)));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> command + ": " + said);
    }

    /** As UDisks does it: where it was mounted last. */
    private void unmount(String block) {
        try {
            run("umount /media/" + block);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    HostDevice at(String port) {
        return devices.now().stream()
                .filter(device -> device.identity().port().equals(port))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing at " + port + ", only " + devices.now()));
    }

    Change nextChange() throws InterruptedException {
        return assertNotNull(changes.poll(20, TimeUnit.SECONDS), "nothing was told");
    }

    private static <T> T assertNotNull(T value, String otherwise) {
        org.junit.jupiter.api.Assertions.assertNotNull(value, otherwise);
        return value;
    }

    @Override
    public void close() {
        devices.close();
    }
}
