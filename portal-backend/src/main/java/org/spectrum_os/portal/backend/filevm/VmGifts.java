// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.filevm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.VmFile;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.VmTree;
import org.spectrum_os.portal.store.lease.Lease;

/** What one policy gives to instances out of VMs that serve files. */
public final class VmGifts {
    private final Map<String, List<Gift>> byVm = new LinkedHashMap<>();

    private VmGifts() {}

    /** One file or folder, to whom and what for. */
    record Gift(String instance, VmFile what, Access access) {}

    public static VmGifts of(Policy policy) {
        var gifts = new VmGifts();
        for (Instance instance : policy.instances()) {
            instance.tree().ifPresent(tree -> {
                for (VmTree.Entry file : tree.files()) {
                    gifts.byVm
                            .computeIfAbsent(tree.vm(), _ -> new ArrayList<>())
                            .add(new Gift(instance.name(), file.what(), file.access()));
                }
            });
        }
        return gifts;
    }

    /** Whether anything comes from this VM. */
    public boolean uses(String vm) {
        return byVm.containsKey(vm);
    }

    /** What comes from one VM. */
    List<Gift> from(String vm) {
        return List.copyOf(byVm.getOrDefault(vm, List.of()));
    }

    /** Whether a lease is one that this policy gives. */
    public boolean has(Lease lease) {
        return VmFile.of(lease.resource())
                .flatMap(what -> Access.of(lease.access()).map(access -> new Gift(lease.owner(), what, access)))
                .filter(gift -> from(gift.what().vm()).contains(gift))
                .isPresent();
    }
}
