// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the backend and the monitor have open.
 *
 * @param descriptors  of the backend
 * @param threads      of the backend, the kernel's
 * @param monitorFiles the monitor's open files
 * @param ports        of the VM, with a device
 */
record UsbStock(long descriptors, long threads, long monitorFiles, long ports) {
    private static final int LOOKS = 20;

    static UsbStock of(Stage stage, UsbOnStage usb) throws IOException {
        Path proc = Path.of("/proc/" + stage.backend().process().pid());
        // A connection that was just closed is still being closed at the other end: the lowest of some looks counts.
        var now = new UsbStock(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
        for (int look = 0; look < LOOKS; look++) {
            var state = usb.machine().state();
            now = new UsbStock(
                    Math.min(now.descriptors, count(proc.resolve("fd"))),
                    Math.min(now.threads, count(proc.resolve("task"))),
                    Math.min(now.monitorFiles, state.get("openFiles").asLong()),
                    Math.min(now.ports, state.get("devices").size()));
        }
        return now;
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.count();
        }
    }
}
