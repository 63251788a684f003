// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.hypervisor.life.ProcessIdentity;
import org.spectrum_os.portal.backend.hypervisor.life.VmPeer;

/** Whose socket it is, and who runs the VM. */
class VmRunTest {
    @Test
    void aManagerListensOnlyForAVmThatItStarted() throws Exception {
        ProcessIdentity own = ProcessIdentity.of((int) ProcessHandle.current().pid());
        var manager = new VmPeer(own, "a socket");
        Process vm = new ProcessBuilder("cat").start();
        int pid = (int) vm.pid();
        ProcessIdentity identity = ProcessIdentity.of(pid);
        VmRun run = VmRun.of(1, manager, Set.of(pid));
        assertEquals(Optional.of(identity), run.vm());
        assertTrue(run.isOf(manager));
        assertEquals(Optional.empty(), VmRun.of(2, manager, Set.of(own.pid())).vm());
        assertEquals(Optional.empty(), VmRun.of(3, manager, Set.of()).vm());
        var stranger = new VmPeer(identity, "a socket");
        assertThrows(MachineException.WrongPeer.class, () -> VmRun.of(4, stranger, Set.of(own.pid())));
        assertThrows(MachineException.WrongPeer.class, () -> VmRun.of(5, manager, Set.of(Integer.MAX_VALUE)));
        vm.getOutputStream().close();
        assertEquals(0, vm.waitFor());
        assertFalse(run.isOf(manager), "the VM has ended, the manager has not");
    }
}
