// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.util.List;
import java.util.Map;
import org.spectrum_os.portal.backend.bus.ManagementClient;
import org.spectrum_os.portal.backend.filevm.VmGifts;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.protocol.Ports;

/** Whether the VMs that are to serve files of their own to others do so. */
final class ServingCheck {
    private ServingCheck() {}

    /** What the backend tells of its instances. */
    @FunctionalInterface
    interface Backend {
        List<Map<String, Object>> instances() throws ManagementClient.UnavailableException;
    }

    /** One finding for each such VM. */
    static List<Doctor.Finding> of(Policy policy, Backend backend) {
        return policy.instances().stream()
                .filter(Instance::serves)
                .map(vm -> of(vm, policy, backend))
                .toList();
    }

    private static Doctor.Finding of(Instance vm, Policy policy, Backend backend) {
        String name = vm.name();
        if (!VmGifts.of(policy).uses(name)) {
            return care(name, "no instance is given anything of it", "give something in \"files\" of another instance");
        }
        try {
            boolean serving = backend.instances().stream()
                    .anyMatch(row -> name.equals(row.get("name")) && Boolean.TRUE.equals(row.get("serving")));
            return serving
                    ? new Doctor.Finding(check(name), Doctor.State.GOOD, "served just now", "")
                    : care(
                            name,
                            "not served just now",
                            "start the VM, and in it: spectrum-file-server --serve-vsock " + Ports.FILE_VM
                                    + " --root DIR; if it was asked in vain before, within a minute");
        } catch (ManagementClient.UnavailableException e) {
            return care(name, "not known: " + e.getMessage(), "run this again when the backend runs");
        }
    }

    private static Doctor.Finding care(String name, String found, String advice) {
        return new Doctor.Finding(check(name), Doctor.State.CARE, found, advice);
    }

    private static String check(String name) {
        return "files served by " + name;
    }
}
