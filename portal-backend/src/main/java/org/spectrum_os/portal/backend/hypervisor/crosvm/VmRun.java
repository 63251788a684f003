// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.hypervisor.life.ProcessIdentity;
import org.spectrum_os.portal.backend.hypervisor.life.VmPeer;

/**
 * From one start of crosvm to its end.
 *
 * @param number from 1, of all that this driver has seen
 * @param peer   who listens: crosvm, or a manager that made the socket for it
 * @param vm     who runs the processors, if crosvm says and it is another
 */
record VmRun(int number, VmPeer peer, Optional<ProcessIdentity> vm) {
    /**
     * The run that these processes belong to. A manager that listens for crosvm must have started it; and crosvm in a namespace of its own knows
     * itself by another number.
     *
     * @param pids as crosvm says; none if it is too old to say
     */
    static VmRun of(int number, VmPeer peer, Set<Integer> pids) throws MachineException.WrongPeer {
        ProcessIdentity listener = peer.process();
        try {
            for (int pid : pids) {
                if (pid != listener.pid() && pid != listener.ownNumber()) {
                    if (pids.size() == 1 && listener.isAncestorOf(pid)) {
                        return new VmRun(number, peer, Optional.of(ProcessIdentity.of(pid)));
                    }
                    throw new MachineException.WrongPeer(
                            "the VM says that process " + pid + " runs it, but its socket is process " + listener.pid()
                                    + "'s, which did not start that one: nothing was passed to it; start the VM anew");
                }
            }
        } catch (MachineException.WrongPeer e) {
            throw e;
        } catch (IOException e) {
            throw new MachineException.WrongPeer("which processes run the VM cannot be seen: " + e.getMessage());
        }
        return new VmRun(number, peer, Optional.empty());
    }

    /** Whether it is the same, seen again. */
    boolean isOf(VmPeer other) {
        return peer.equals(other)
                && peer.process().isThere()
                && vm.map(ProcessIdentity::isThere).orElse(true);
    }

    /** Whether it is certain that the VM runs no more: it may outlast its manager, and the file of its socket. */
    boolean hasEnded() {
        return vm.orElse(peer.process()).hasEnded();
    }

    /** Why nobody can be spoken to who is this run. */
    MachineException unreachable(String reason) {
        return hasEnded()
                ? new MachineException.NotRunning("the VM has ended (" + reason + "): start it, and try again")
                : new MachineException.NoAnswer("the VM still runs as process "
                        + vm.orElse(peer.process()).pid() + ", but it cannot be spoken to (" + reason
                        + "): nothing was passed on; stop the VM, and start it anew");
    }
}
