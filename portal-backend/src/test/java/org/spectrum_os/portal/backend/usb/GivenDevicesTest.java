// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.backend.policy.UsbRule;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;

/** What the policy gives unasked, and what it never takes from this computer. */
@Timeout(120)
class GivenDevicesTest extends LoansOnStage {
    private static final UsbRule AUTO = UsbStage.rule(UsbMode.AUTO, UsbStage.ULTRA);

    @Test
    void whatThePolicyGivesIsAttachedWhenItCanBe() throws Exception {
        ultra("1-2");
        UsbStage stage = stage(UsbStage.policy(UsbStage.instance("mail", AUTO), UsbStage.instance("web")));
        assertEquals(1, mail().holds(), "at the start");
        host.unplug("1-2");
        stage.timer.pass(UsbLoans.GRACE);
        assertEquals(0, mail().holds());
        ultra("1-2");
        assertEquals(1, mail().holds(), "when it is plugged in");
        stage.stopVm("mail");
        mail().running = true;
        stage.portal.machineStarted("mail");
        assertEquals(1, mail().holds(), "when the VM starts");
        stage.leases.end(names(stage).getFirst(), EndReason.REVOKED);
        stage.reload(UsbStage.policy(UsbStage.instance("mail", AUTO), UsbStage.instance("web")));
        assertEquals(0, mail().holds(), "not what the user has taken back");
        ultra("1-2");
        assertEquals(1, mail().holds(), "until it is plugged in anew");
        stage.reload(UsbStage.policy(UsbStage.instance("mail"), UsbStage.instance("web", AUTO)));
        assertEquals(0, mail().holds());
        assertEquals(1, FakeMachine.of(machines, "web").holds(), "when the policy says so");
    }

    @Test
    void whatThePolicyGivesToTwoGoesToNeither() throws Exception {
        ultra("1-2");
        UsbStage stage = both(AUTO);
        stage.assertNothingIsLeft();
    }

    @Test
    void nothingIsGivenThatThisComputerNeeds() throws Exception {
        HostDevice device = FakeHost.stick("1-2", UsbStage.ULTRA, "S");
        host.plug(FakeHost.with(device, 0, List.of("/media/S"), Optional.empty()));
        host.plug(FakeHost.with(
                FakeHost.stick("1-3", UsbStage.ULTRA, "S"), 0, List.of(), Optional.of(Reason.ONLY_KEYBOARD)));
        UsbStage stage = stage(UsbStage.policy(UsbStage.instance("mail", AUTO), UsbStage.instance("web")));
        stage.assertNothingIsLeft();
        assertEquals(0, mail().attached);
    }

    @Test
    void aGuestWhoseControllerComesUpLateGetsWhatItIsGiven() throws Exception {
        ultra("1-2");
        mail().refusal = new MachineException.NoPort("its controller is not up yet");
        UsbStage stage = stage(UsbStage.policy(UsbStage.instance("mail", AUTO), UsbStage.instance("web")));
        assertEquals(0, mail().holds());
        stage.timer.pass(Duration.ofSeconds(6));
        assertEquals(1, mail().holds());
    }

    private static List<String> names(UsbStage stage) {
        return stage.leases.list().stream().map(Lease::name).toList();
    }
}
