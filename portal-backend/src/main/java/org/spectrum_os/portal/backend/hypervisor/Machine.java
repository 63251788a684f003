// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor;

import java.util.List;
import org.spectrum_os.portal.transport.Descriptor;

/**
 * One instance's VM, by its monitor. Thread-safe; one thing at a time. Every call blocks, but not for longer than {@link #LONGEST_SECONDS}.
 * After an exception nothing new is attached, unless its kind says otherwise.
 */
public interface Machine extends AutoCloseable {
    /** What any call may take, retries included. */
    int LONGEST_SECONDS = 30;

    /**
     * Plugs a device in.
     *
     * @param node  {@code /dev/bus/usb/BBB/DDD}, open for both; stays the caller's, who may close it afterwards
     * @param label names it among the devices of this VM: lower-case letters, digits and hyphens, 1 to 64 of them
     */
    Plug attach(Descriptor node, String label) throws MachineException, InterruptedException;

    /**
     * Plugs in a FIDO key that the host and others go on using.
     *
     * @param node {@code /dev/hidrawN}, open for both; stays the caller's
     */
    Plug attachSecurityKey(Descriptor node, String label) throws MachineException, InterruptedException;

    /** Plugs a device out and waits until the monitor has let go of it. One that is not there is no error. */
    void detach(Plug plug) throws MachineException, InterruptedException;

    /** What is plugged in now, by the monitor's own list; for a monitor that has devices of its own, only what came from here. */
    List<Plug> plugs() throws MachineException, InterruptedException;

    /** Whether the VM runs, as last heard. */
    boolean isRunning();

    /** Stops watching. What is attached stays so. */
    @Override
    void close();

    /** Hears of a VM's life, on a thread of the machine's own, in order. */
    interface Life {
        /** It runs; nothing that was plugged into an earlier run is there. */
        void started();

        /** It is certain that it does not run any more: everything that was plugged in is out. */
        void stopped();
    }
}
