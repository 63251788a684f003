// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.lease.Grant;
import org.spectrum_os.portal.backend.lease.KeyLoan;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.backend.policy.UsbRule;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;

/** Monitors that do not answer, lose their answers or refuse, and backends that were killed. */
@Timeout(120)
class MonitorTrapsTest extends LoansOnStage {
    private static final UsbRule ASK = UsbStage.rule(UsbMode.ASK, UsbStage.ULTRA);
    private static final int SOON = 20;

    @Test
    void aMonitorThatIsSilentKeepsTheDeviceFromEverybodyUntilItAnswers() throws Exception {
        UsbStage stage = both(ASK);
        HostDevice device = ultra("1-2");
        Lease lease = lend(stage, "mail", device);
        mail().silent = true;
        stage.leases.end(lease.name(), EndReason.REVOKED);
        assertEquals(List.of(), names(stage));
        assertThrows(UsbLoans.TakenException.class, () -> lend(stage, "web", device));
        assertFalse(host.isWhole(), "nothing is given back that may be in the VM");
        stage.timer.pass(UsbLoans.AGAIN.multipliedBy(3));
        assertThrows(UsbLoans.TakenException.class, () -> lend(stage, "web", device));
        HostDevice another = ultra("1-3");
        assertThrows(MachineException.NoAnswer.class, () -> lend(stage, "mail", another));
        assertTrue(stage.loans.holders(another).isEmpty(), "what was not touched is free");
        mail().silent = false;
        stage.timer.pass(UsbLoans.AGAIN);
        stage.assertNothingIsLeft();
        lend(stage, "web", device);
    }

    @Test
    void aMonitorThatIsSilentUntilItsVmIsOverGivesBackThen() throws Exception {
        UsbStage stage = both(ASK);
        Lease lease = lend(stage, "mail", ultra("1-2"));
        mail().silent = true;
        stage.leases.end(lease.name(), EndReason.REVOKED);
        stage.stopVm("mail");
        stage.assertNothingIsLeft();
        assertEquals(0, mail().detached);
    }

    private static Lease lendKey(UsbStage stage) throws IOException {
        var key = new KeyLoan("0123456789ABCDEF0123456789ABCDEF01234567", KeyUse.SIGN, true);
        return stage.leases.grant(new Grant("mail", key, List.of("sign"), "", "1", new End.Uses(3)), _ -> {});
    }

    /** Nor does another policy, which takes the keys back before it looks at any device. */
    @Test
    void keysEndWithTheVmAlsoWhileADeviceIsBeingPluggedIn() throws Exception {
        UsbStage stage = both(ASK);
        var attaching = new CompletableFuture<Void>();
        var goOn = new CompletableFuture<Void>();
        var keys = new LinkedBlockingQueue<String>();
        stage.leases.addListener(new LeaseTable.Listener() {
            @Override
            public void granted(Lease lease) {}

            @Override
            public void ended(Lease lease, EndReason why) {
                if (KeyLoan.of(lease.resource()).isPresent()) {
                    keys.add(lease.name() + " " + why);
                }
            }
        });
        mail().onAttach = () -> {
            attaching.complete(null);
            goOn.join();
        };
        HostDevice device = ultra("1-2");
        Lease key = lendKey(stage);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                Future<?> lending =
                        threads.submit(() -> assertThrows(IOException.class, () -> lend(stage, "mail", device)));
                attaching.get(SOON, TimeUnit.SECONDS);
                var _ = threads.submit(() -> stage.portal.machineStopped("mail"));
                assertEquals(key.name() + " instance-stopped", keys.poll(SOON, TimeUnit.SECONDS));

                Lease another = lendKey(stage);
                var _ = threads.submit(() -> stage.leases.policyChanged(_ -> false));
                assertEquals(another.name() + " policy-changed", keys.poll(SOON, TimeUnit.SECONDS));
                mail().stop();
                goOn.complete(null);
                lending.get(SOON, TimeUnit.SECONDS);
            } finally {
                goOn.complete(null);
            }
        }
        stage.assertNothingIsLeft();
    }

    @Test
    void anAttachWhoseAnswerIsLostIsUndone() throws Exception {
        UsbStage stage = both(ASK);
        HostDevice device = ultra("1-2");
        mail().losesAnswer = true;
        assertThrows(MachineException.NoAnswer.class, () -> lend(stage, "mail", device));
        assertEquals(1, mail().holds(), "the trap");
        assertThrows(UsbLoans.TakenException.class, () -> lend(stage, "web", device));
        stage.timer.pass(UsbLoans.AGAIN);
        stage.assertNothingIsLeft();
    }

    @Test
    void everyRefusalOfAMonitorLeavesNothing() throws Exception {
        UsbStage stage = both(ASK);
        HostDevice device = ultra("1-2");
        for (MachineException each : List.of(
                new MachineException.NotRunning("x"),
                new MachineException.NoPort("x"),
                new MachineException.Unsupported("x"),
                new MachineException.ControllerDead("x"),
                new MachineException.DeviceRefused("x"),
                new MachineException.WrongPeer("x"))) {
            mail().refusal = each;
            assertEquals(each, assertThrows(IOException.class, () -> lend(stage, "mail", device)));
            stage.assertNothingIsLeft();
        }
        lend(stage, "mail", device);
    }

    @Test
    void whatABackendThatWasKilledHadAttachedIsTakenOutAtTheNextStart() throws Exception {
        UsbStage killed = both(ASK);
        HostDevice device = ultra("1-2");
        lend(killed, "mail", device);
        // Its files are let go of; nothing is ended.
        stages.clear();
        killed.kill();
        assertEquals(1, mail().holds());

        HostDevice unused = ultra("1-9");
        host.loseDrivers(unused);
        UsbStage next = both(ASK);
        assertEquals(Set.of(), host.shown("1-9").drivers(), "somebody wants it so");
        host.unplug("1-9");
        assertEquals(0, mail().holds());
        assertEquals(List.of(), next.leases.list());
        assertTrue(next.audit("mail").contains("backend-stopped"));
        next.assertNothingIsLeft();
        lend(next, "web", device);
    }

    @Test
    void aMonitorThatIsSilentAtTheStartIsTidiedBeforeAnythingIsLent() throws Exception {
        UsbStage killed = both(ASK);
        HostDevice device = ultra("1-2");
        lend(killed, "mail", device);
        stages.clear();
        killed.kill();
        mail().silent = true;
        UsbStage next = both(ASK);
        assertThrows(FreshLook.ElsewhereException.class, () -> lend(next, "web", device));
        assertThrows(IOException.class, () -> lend(next, "mail", device));
        assertEquals(1, mail().holds() + FakeMachine.of(machines, "web").holds());
        mail().silent = false;
        next.timer.pass(UsbLoans.AGAIN);
        assertEquals(0, mail().holds(), "it answers");
        Lease lease = lend(next, "mail", device);
        assertEquals(1, mail().holds(), "the old one is out, the new one in");
        next.timer.pass(UsbLoans.AGAIN);
        assertEquals(1, mail().holds(), "what is lent stays");
        next.leases.end(lease.name(), EndReason.REVOKED);
        next.assertNothingIsLeft();
    }

    @Test
    void whatAVmHasThatIsHeardOfOnlyAfterTheStartGoesToNobodyUntilThen() throws Exception {
        UsbStage killed = both(ASK);
        HostDevice device = ultra("1-2");
        lend(killed, "mail", device);
        stages.clear();
        killed.kill();
        // As the daemon starts: the monitor is there and has not been connected to yet.
        mail().running = false;
        UsbRule auto = UsbStage.rule(UsbMode.AUTO, UsbStage.ULTRA);
        UsbStage next = stage(UsbStage.policy(UsbStage.instance("mail"), UsbStage.instance("web", auto)));
        assertEquals(0, FakeMachine.of(machines, "web").attached, "it is in the other VM");
        mail().running = true;
        next.portal.machineStarted("mail");
        assertEquals(0, mail().holds());
        assertEquals(1, FakeMachine.of(machines, "web").holds(), "what is given comes as soon as it can be had");
    }

    @Test
    void whatAProgramUsesIsNotLent() throws Exception {
        UsbStage stage = both(ASK);
        HostDevice device = ultra("1-2");
        host.claimFor(device);
        assertThrows(FreshLook.ElsewhereException.class, () -> lend(stage, "mail", device));
        assertEquals(0, mail().attached);
        assertTrue(stage.loans.isIdle());
        host.letGo(device);
        lend(stage, "mail", device);
    }

    @Test
    void nothingIsLentByAMonitorThatIsAboutToBeAnother() throws Exception {
        UsbStage stage = both(ASK);
        HostDevice device = ultra("1-2");
        Instance mail = UsbStage.instance("mail", ASK);
        Policy moved = UsbStage.policy(UsbStage.at(mail, Path.of("/run/elsewhere")), UsbStage.instance("web", ASK));
        stage.portal.policyChanging(UsbStage.policy(mail, UsbStage.instance("web", ASK)), moved);
        assertThrows(IOException.class, () -> lend(stage, "mail", device));
        stage.assertNothingIsLeft();
        lend(stage, "web", device);
        stage.reload(moved);
        lend(stage, "mail", ultra("1-3"));
    }

    @Test
    void whatASilentMonitorMayHaveIsNotFreeForThatAnotherIsInItsPlaceAndAnswers() throws Exception {
        UsbStage stage = both(ASK);
        HostDevice device = ultra("1-2");
        lend(stage, "mail", device);
        FakeMachine old = mail();
        old.silent = true;
        stage.machines.put("mail", new FakeMachine(host));
        Instance mail = UsbStage.at(UsbStage.instance("mail", ASK), Path.of("/run/elsewhere"));
        stage.leases.end(names(stage).getFirst(), EndReason.POLICY_CHANGED);
        stage.reload(UsbStage.policy(mail, UsbStage.instance("web", ASK)));
        stage.portal.machineStarted("mail");
        assertThrows(UsbLoans.TakenException.class, () -> lend(stage, "web", device));
        stage.timer.pass(UsbLoans.AGAIN);
        assertThrows(UsbLoans.TakenException.class, () -> lend(stage, "web", device));
        stage.stopVm("mail");
        assertThrows(UsbLoans.TakenException.class, () -> lend(stage, "web", device), "another VM is over");
        old.silent = false;
        stage.timer.pass(UsbLoans.AGAIN);
        assertEquals(0, old.holds());
        lend(stage, "web", device);
    }

    @Test
    void whatWasUnpluggedIsInNoVmHoweverSilentItsMonitorIs() throws Exception {
        UsbStage stage = both(ASK);
        lend(stage, "mail", ultra("1-2"));
        mail().silent = true;
        stage.leases.end(names(stage).getFirst(), EndReason.REVOKED);
        host.unplug("1-2");
        HostDevice anew = ultra("1-2");
        stage.timer.pass(UsbLoans.AGAIN);
        lend(stage, "web", anew);
    }

    @Test
    void whatCameBackAndMayBeInAVmIsWhatStaysTaken() throws Exception {
        UsbStage stage = both(ASK);
        lend(stage, "mail", ultra("1-2"));
        host.unplug("1-2");
        mail().losesAnswer = true;
        HostDevice back = ultra("1-2");
        mail().silent = true;
        assertEquals(List.of(), names(stage));
        assertEquals(1, mail().holds(), "the trap");
        stage.timer.pass(UsbLoans.AGAIN);
        assertThrows(UsbLoans.TakenException.class, () -> lend(stage, "web", back));
        mail().silent = false;
        stage.timer.pass(UsbLoans.AGAIN);
        lend(stage, "web", back);
    }

    private static List<String> names(UsbStage stage) {
        return stage.leases.list().stream().map(Lease::name).toList();
    }
}
