// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.UsbRule;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.lease.Lease;

/** Two VMs, and stages that a test sets up as it likes. */
abstract class LoansOnStage {
    static final End STOPS = new End.InstanceStops();

    @TempDir
    Path folder;

    final FakeHost host = new FakeHost();
    final Map<String, FakeMachine> machines =
            new HashMap<>(Map.of("mail", new FakeMachine(host), "web", new FakeMachine(host)));
    final List<UsbStage> stages = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (UsbStage stage : stages) {
            stage.close();
        }
    }

    UsbStage stage(Policy policy) throws IOException {
        var stage = new UsbStage(folder, host, machines, policy);
        stages.add(stage);
        return stage;
    }

    UsbStage both(UsbRule rule) throws IOException {
        return stage(UsbStage.policy(UsbStage.instance("mail", rule), UsbStage.instance("web", rule)));
    }

    FakeMachine mail() {
        return FakeMachine.of(machines, "mail");
    }

    static Lease lend(UsbStage stage, String instance, HostDevice device) throws IOException {
        return stage.loans.lend(new UsbLoans.Order(instance, device, "", "1", STOPS));
    }

    HostDevice ultra(String port) {
        return host.plug(FakeHost.stick(port, UsbStage.ULTRA, "S"));
    }
}
