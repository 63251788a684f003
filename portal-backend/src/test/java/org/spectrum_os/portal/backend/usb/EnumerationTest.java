// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.backend.policy.UsbName;
import org.spectrum_os.portal.backend.policy.UsbRule;
import org.spectrum_os.portal.protocol.UsbMessage;

/** How long a guest waits to be told of many devices, among many guests; printed, as it says more of the machine than of the code. */
@Timeout(120)
class EnumerationTest {
    private static final int INSTANCES = 100;

    @TempDir
    Path folder;

    @Test
    void sixtyFourDevicesAreToldToAHundredInstancesFromMemory() throws Exception {
        var host = new FakeHost();
        for (int i = 0; i < UsbMessage.MOST_DEVICES; i++) {
            host.plug(FakeHost.stick("1-" + (i + 1), 0x4000 + i, "S" + i));
        }
        var sandisk = new UsbRule(
                Optional.empty(),
                Optional.of(new UsbName(0x0781, Optional.empty(), Optional.empty())),
                Optional.empty(),
                UsbMode.ASK,
                List.of(),
                Optional.empty());
        Instance[] instances = IntStream.range(0, INSTANCES)
                .mapToObj(i -> UsbStage.instance("vm" + i, sandisk))
                .toArray(Instance[]::new);
        var machines = new HashMap<String, FakeMachine>();
        Arrays.stream(instances).forEach(each -> machines.put(each.name(), new FakeMachine(host)));
        try (var stage = new UsbStage(folder, host, machines, UsbStage.policy(instances))) {
            long[] nanos = new long[INSTANCES];
            for (int i = 0; i < INSTANCES; i++) {
                long begun = System.nanoTime();
                try (UsbGuest guest = stage.guest("vm" + i)) {
                    nanos[i] = System.nanoTime() - begun;
                    assertEquals(UsbMessage.MOST_DEVICES, guest.devices.size());
                }
            }
            Arrays.sort(nanos);
            System.out.printf(
                    "64 devices told to one of 100 instances, hello included: median %.2f ms, slowest %.2f ms%n",
                    nanos[INSTANCES / 2] / 1e6, nanos[INSTANCES - 1] / 1e6);
            assertEquals(0, host.opened, "nothing is opened to be told of");
        }
    }
}
