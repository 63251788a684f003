// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.backend.policy.UsbName;
import org.spectrum_os.portal.backend.policy.UsbRule;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;

/** Lending and taking back, whatever becomes of the port. */
@Timeout(120)
class UsbLoansTest extends LoansOnStage {
    private static final UsbRule ASK = UsbStage.rule(UsbMode.ASK, UsbStage.ULTRA);
    private static final int OTHER = 0x1234;

    @Test
    void ofTwoThatWantOneDeviceExactlyOneGetsIt() throws Exception {
        UsbStage stage = both(ASK);
        for (int round = 0; round < 50; round++) {
            HostDevice device = ultra("1-2");
            var go = new CountDownLatch(1);
            int got = 0;
            try (ExecutorService racers = Executors.newFixedThreadPool(2)) {
                List<Future<Lease>> both = List.of("mail", "web").stream()
                        .map(name -> racers.submit(() -> {
                            go.await();
                            return lend(stage, name, device);
                        }))
                        .toList();
                go.countDown();
                for (Future<Lease> each : both) {
                    try {
                        each.get();
                        got++;
                    } catch (ExecutionException e) {
                        assertInstanceOf(UsbLoans.TakenException.class, e.getCause());
                    }
                }
            }
            assertEquals(1, got);
            assertEquals(1, mail().holds() + FakeMachine.of(machines, "web").holds());
            host.unplug("1-2");
            stage.timer.pass(UsbLoans.GRACE);
            stage.assertNothingIsLeft();
        }
    }

    @Test
    void ofTwoIdenticalDevicesTheOneAtThePortIsLent() throws Exception {
        UsbStage stage = both(ASK);
        HostDevice first = ultra("1-2");
        HostDevice second = ultra("1-3");
        Lease lease = lend(stage, "mail", second);
        assertEquals("1-3", lease.resource().name());
        assertTrue(stage.loans.holders(first).isEmpty());
        lend(stage, "web", first);
        assertThrows(UsbLoans.TakenException.class, () -> lend(stage, "web", second));
    }

    @Test
    void aSecurityKeyIsSharedAndOtherDevicesAreNot() throws Exception {
        UsbStage stage = both(ASK);
        host.sharing = true;
        HostDevice key = host.plug(
                FakeHost.device("1-4", UsbStage.ULTRA, "", List.of(Kind.SECURITY_KEY, Kind.KEYBOARD), "030000"));
        lend(stage, "mail", key);
        lend(stage, "web", key);
        assertEquals(1, mail().holds());
        assertEquals(1, FakeMachine.of(machines, "web").holds());
        stage.leases.list().forEach(lease -> stage.leases.end(lease.name(), EndReason.REVOKED));
        stage.assertNothingIsLeft();

        mail().refusal = new MachineException.Unsupported("no security keys here");
        lend(stage, "mail", key);
        assertThrows(UsbLoans.TakenException.class, () -> lend(stage, "web", key), "it is not shared now");
    }

    @Test
    void aDeviceThatIsBackIsTheSameLeaseIfItSaysTheSame() throws Exception {
        UsbStage stage = both(ASK);
        Lease lease = lend(stage, "mail", ultra("1-2"));
        host.unplug("1-2");
        assertEquals(0, mail().holds());
        assertEquals(List.of(lease.name()), names(stage));
        stage.timer.pass(UsbLoans.GRACE.minusSeconds(1));
        ultra("1-2");
        assertEquals(1, mail().holds());
        stage.timer.pass(UsbLoans.GRACE.multipliedBy(2));
        assertEquals(List.of(lease.name()), names(stage), "nothing of the wait is left");
        assertEquals(2, mail().attached);
    }

    @Test
    void aDeviceThatStartsTheFirmwareThatItsRuleNamesStaysLent() throws Exception {
        UsbStage stage = both(
                UsbStage.rule(UsbMode.ASK, UsbStage.ULTRA, new UsbName(0x0781, Optional.of(OTHER), Optional.empty())));
        Lease lease = lend(stage, "mail", ultra("1-2"));
        host.unplug("1-2");
        host.plug(FakeHost.stick("1-2", OTHER, ""));
        assertEquals(1, mail().holds());
        host.unplug("1-2");
        ultra("1-2");
        assertEquals(1, mail().holds());
        assertEquals(List.of(lease.name()), names(stage));
        host.unplug("1-2");
        host.plug(FakeHost.stick("1-2", 0x9999, ""));
        assertEquals(List.of(), names(stage));
        assertTrue(stage.audit("mail").contains("device-changed"));
        stage.assertNothingIsLeft();
    }

    @Test
    void whatADeviceHasBecomeEndsWithThePolicyThatLetIt() throws Exception {
        UsbStage stage = both(
                UsbStage.rule(UsbMode.ASK, UsbStage.ULTRA, new UsbName(0x0781, Optional.of(OTHER), Optional.empty())));
        lend(stage, "mail", ultra("1-2"));
        host.unplug("1-2");
        host.plug(FakeHost.stick("1-2", OTHER, ""));
        Lease same = lend(stage, "web", ultra("1-3"));
        assertEquals(1, mail().holds());
        stage.reload(UsbStage.policy(UsbStage.instance("mail", ASK), UsbStage.instance("web", ASK)));
        assertEquals(0, mail().holds());
        assertEquals(List.of(same.name()), names(stage));
        assertTrue(stage.audit("mail").contains("policy-changed"));
    }

    @Test
    void ofAnotherDeviceInItsPlaceTheUserIsAskedAnew() throws Exception {
        UsbStage stage = stage(UsbStage.policy(
                UsbStage.instance("mail", ASK, UsbStage.rule(UsbMode.ASK, OTHER)), UsbStage.instance("web")));
        Lease lease = lend(stage, "mail", ultra("1-2"));
        host.unplug("1-2");
        host.plug(FakeHost.stick("1-2", OTHER, "S"));
        assertEquals(0, mail().holds());
        ToWindow.Show show = stage.shown();
        assertEquals("0781:1234", UsbStage.question(show).devices().getFirst().numbers());
        stage.agree(show, new LoanTime.Stopped(), false);
        assertEquals(1, mail().holds());
        assertNotEquals(List.of(lease.name()), names(stage));
    }

    @Test
    void aLeaseWhoseTimeRanOutWhileTheComputerSleptEndsWhenItWakes() throws Exception {
        UsbStage stage = both(ASK);
        HostDevice device = ultra("1-2");
        stage.loans.lend(new UsbLoans.Order(
                "mail", device, "", "1", new End.At(stage.time.now().plus(Duration.ofHours(1)))));
        // A suspended machine's ports lose power, and its timers do not run.
        stage.time.pass(Duration.ofHours(8));
        stage.awaitEnds();
        host.unplug("1-2");
        ultra("1-2");
        stage.timer.pass(UsbLoans.GRACE);
        stage.assertNothingIsLeft();
        assertTrue(stage.audit("mail").contains("expired"));
    }

    private HostDevice keyboard(String port) {
        return host.plug(FakeHost.device(port, UsbStage.ULTRA, "", List.of(Kind.KEYBOARD), "030101"));
    }

    @Test
    void ofTwoKeyboardsThatStandInForEachOtherOneStays() throws Exception {
        UsbStage stage = both(ASK);
        HostDevice first = keyboard("1-2");
        HostDevice second = keyboard("1-3");
        FakeMachine.of(machines, "mail").claims = false;
        lend(stage, "mail", first);
        assertThrows(FreshLook.TooSoonException.class, () -> lend(stage, "web", second), "the kernel has both still");
        host.claimFor(first);
        host.change("1-3", now -> FakeHost.with(now, now.number(), List.of(), Optional.of(Reason.ONLY_KEYBOARD)));
        assertThrows(FreshLook.NeededException.class, () -> lend(stage, "web", second), "the other one is away");
        host.change("1-3", now -> FakeHost.with(now, now.number(), List.of(), Optional.empty()));
        lend(stage, "web", second);
    }

    @Test
    void whatIsMountedAsItIsAboutToBeLentIsNotLent() throws Exception {
        UsbStage stage = both(ASK);
        HostDevice device = ultra("1-2");
        host.change("1-2", now -> FakeHost.with(now, now.number(), List.of("/media/S"), Optional.empty()));
        assertThrows(FreshLook.NeededException.class, () -> lend(stage, "mail", device));
        assertEquals(0, host.opened);
        stage.assertNothingIsLeft();
    }

    @Test
    void devicesThatComeBackAllAtOnceWhenTheComputerWakesStayLent() throws Exception {
        UsbStage stage = both(ASK);
        lend(stage, "mail", ultra("1-2"));
        lend(stage, "mail", ultra("1-3"));
        lend(stage, "web", ultra("1-4"));
        List<String> before = names(stage);
        List.of("1-2", "1-3", "1-4").forEach(host::unplug);
        assertEquals(0, mail().holds());
        // Hubs come up in whatever order.
        List.of("1-4", "1-2", "1-3").forEach(this::ultra);
        stage.timer.pass(UsbLoans.GRACE.multipliedBy(2));
        assertEquals(before, names(stage));
        assertEquals(2, mail().holds());
        assertEquals(1, FakeMachine.of(machines, "web").holds());
    }

    @Test
    void aThousandRoundsLeaveNothing() throws Exception {
        UsbStage stage = both(ASK);
        HostDevice device = ultra("1-2");
        for (int round = 0; round < 1000; round++) {
            Lease lease = lend(stage, round % 2 == 0 ? "mail" : "web", device);
            stage.leases.end(lease.name(), EndReason.RELEASED);
        }
        stage.assertNothingIsLeft();
        assertEquals(1000, host.opened);
        assertEquals(1000, mail().detached + FakeMachine.of(machines, "web").detached);
    }

    private static List<String> names(UsbStage stage) {
        return stage.leases.list().stream().map(Lease::name).toList();
    }
}
