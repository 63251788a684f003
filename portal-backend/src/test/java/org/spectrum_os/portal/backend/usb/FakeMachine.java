// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.hypervisor.Machine;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.hypervisor.Plug;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.transport.Descriptor;

/** A VM's monitor with the traps of a real one, each set by the test. It outlives backends, as a VM does. Thread-safe. */
final class FakeMachine implements Machine {
    /** One that the test has made. */
    static FakeMachine of(Map<String, FakeMachine> machines, String instance) {
        return Objects.requireNonNull(machines.get(instance), instance);
    }

    private final FakeHost host;
    private final Map<String, Plug> plugs = new LinkedHashMap<>();
    private final Map<String, HostDevice> claimed = new HashMap<>();
    private int handles;
    volatile boolean running = true;
    /** It takes what it is told and does not say so. */
    volatile boolean silent;
    /** What it says to the next attach, instead of doing it. */
    volatile @Nullable MachineException refusal;
    /** It attaches, and the answer is lost. */
    volatile boolean losesAnswer;

    /** The guest uses what is attached, so that the kernel's drivers lose it. */
    volatile boolean claims = true;

    volatile Runnable onAttach = () -> {};
    volatile Runnable onDetach = () -> {};
    int attached;
    int detached;

    FakeMachine(FakeHost host) {
        this.host = host;
    }

    @Override
    public Plug attach(Descriptor node, String label) throws MachineException {
        onAttach.run();
        requireRunning();
        synchronized (this) {
            MachineException says = refusal;
            if (says != null) {
                refusal = null;
                throw says;
            }
            requireAnswer();
            HostDevice device = host.given(node);
            if (claims) {
                host.claimFor(device);
            }
            String handle = "port" + ++handles;
            var plug = new Plug(
                    handle,
                    handles % 16 + 1,
                    device.identity().vendor(),
                    device.identity().product());
            plugs.put(handle, plug);
            claimed.put(handle, device);
            attached++;
            if (losesAnswer) {
                losesAnswer = false;
                throw new MachineException.NoAnswer("the answer was lost");
            }
            return plug;
        }
    }

    @Override
    public Plug attachSecurityKey(Descriptor node, String label) throws MachineException {
        return attach(node, label);
    }

    @Override
    public void detach(Plug plug) throws MachineException {
        onDetach.run();
        requireRunning();
        requireAnswer();
        synchronized (this) {
            HostDevice device = claimed.remove(plug.handle());
            if (plugs.remove(plug.handle()) != null && device != null) {
                host.letGo(device);
                detached++;
            }
        }
    }

    @Override
    public List<Plug> plugs() throws MachineException {
        requireRunning();
        requireAnswer();
        synchronized (this) {
            return List.copyOf(plugs.values());
        }
    }

    private void requireRunning() throws MachineException {
        if (!running) {
            throw new MachineException.NotRunning("the VM does not run");
        }
    }

    private void requireAnswer() throws MachineException {
        if (silent) {
            throw new MachineException.NoAnswer("the monitor does not answer");
        }
    }

    /** What is in it, whether or not it answers. */
    synchronized int holds() {
        return plugs.size();
    }

    /** The VM is over: everything is out. */
    synchronized void stop() {
        running = false;
        silent = false;
        plugs.clear();
        claimed.values().forEach(host::letGo);
        claimed.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void close() {}
}
