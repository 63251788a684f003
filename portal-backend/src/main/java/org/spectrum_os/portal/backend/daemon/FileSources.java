// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import org.spectrum_os.portal.backend.agent.LinkDoor;
import org.spectrum_os.portal.backend.filevm.FileVms;
import org.spectrum_os.portal.backend.lease.Effect;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.VmFile;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.transport.Connection;

/**
 * Where lent files come from: the host's own file server, or a VM that serves its own.
 *
 * @param host for every instance to which the policy gives nothing of a VM
 * @param vms  for the others
 */
record FileSources(LentFiles host, FileVms vms) implements LinkDoor.FileConnections, Effect {
    @Override
    public void serve(Instance instance, Connection connection) throws IOException {
        if (instance.tree().isPresent()) {
            vms.serve(instance, connection);
        } else {
            host.serve(instance, connection);
        }
    }

    private Effect of(Lease lease) {
        return VmFile.of(lease.resource()).isPresent() ? vms : host;
    }

    @Override
    public void end(Lease lease) throws IOException {
        of(lease).end(lease);
    }

    @Override
    public HostEntries restore(Lease lease) throws IOException {
        return of(lease).restore(lease);
    }

    boolean isMounted(String instance) {
        return host.isMounted(instance) || vms.isMounted(instance);
    }

    /** Ends an instance's mounts, wherever they are served. */
    void cut(String instance) {
        host.cut(instance);
        vms.cut(instance);
    }
}
