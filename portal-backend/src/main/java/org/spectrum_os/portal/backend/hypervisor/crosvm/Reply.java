// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import java.util.List;
import java.util.Set;

/** What crosvm answers: {@code VmResponse} and {@code UsbControlResult} in vm_control/src/lib.rs, as far as plugging can meet them. */
sealed interface Reply {
    /** Attached to, or detached from. */
    record Ok(int port) implements Reply {}

    /** What the controller says of one request, in one word. */
    enum Word implements Reply {
        /** All ports of the device's speed are taken; or the guest's driver is not up, and the device is stuck on one. */
        NO_AVAILABLE_PORT("NoAvailablePort"),
        NO_SUCH_DEVICE("NoSuchDevice"),
        NO_SUCH_PORT("NoSuchPort"),
        FAILED_TO_OPEN_DEVICE("FailedToOpenDevice"),
        FAILED_TO_INIT_HOST_DEVICE("FailedToInitHostDevice");

        final String name;

        Word(String name) {
            this.name = name;
        }
    }

    /** What is on each port, from port 1. */
    record Devices(List<Slot> slots) implements Reply {
        public Devices {
            slots = List.copyOf(slots);
        }

        Slot at(int port) {
            return slots.get(port - 1);
        }
    }

    /** Both 0 on a port where nothing is. */
    record Slot(int vendor, int product) {
        static final Slot EMPTY = new Slot(0, 0);
    }

    /** A request failed before the controller, or without it. */
    record Err(int errno) implements Reply {
        /** The controller did not answer within two seconds, or will never. */
        static final int EIO = 5;
        /** Built without USB. */
        static final int ENODEV = 19;
    }

    /** Which processes run the VM's processors; numbers as crosvm knows them. */
    record Pids(Set<Integer> pids) implements Reply {
        public Pids {
            pids = Set.copyOf(pids);
        }
    }

    /** One of crosvm's many others, or of a later crosvm's. */
    record Other() implements Reply {}
}
