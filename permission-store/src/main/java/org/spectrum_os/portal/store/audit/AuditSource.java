// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import org.spectrum_os.portal.store.InstanceFolders;

/** Who brought an event about: it says in whose folder the line stands, and whose budget it spends. There are few of them. */
public sealed interface AuditSource {
    /** The host's own folder. No instance has this name. */
    String HOST_FOLDER = InstanceFolders.HOST;

    /**
     * A VM.
     *
     * @param name as {@link InstanceFolders#isName} allows, so that it is safe as a folder's name
     */
    record Vm(String name) implements AuditSource {
        public Vm {
            if (!InstanceFolders.isName(name)) {
                throw new IllegalArgumentException("not a VM's name: " + name);
            }
        }
    }

    /** What is no VM. */
    enum Host implements AuditSource {
        /** All applications of the host together: there is no bound to the ids they may have. */
        APPLICATIONS,
        /** All peers that are no instance of the policy. */
        STRANGERS
    }

    /** The source of what an instance does; a name that is no VM's is a host application's. */
    static AuditSource ofInstance(String name) {
        return InstanceFolders.isName(name) ? new Vm(name) : Host.APPLICATIONS;
    }

    /** The folder, below the state folder, of this source's log. */
    default String folder() {
        return switch (this) {
            case Vm(var name) -> name;
            case Host _ -> HOST_FOLDER;
        };
    }

    /** How the log calls it. */
    @JsonValue
    default String word() {
        return switch (this) {
            case Vm(var name) -> name;
            case Host host ->
                switch (host) {
                    case APPLICATIONS -> "host";
                    case STRANGERS -> "strangers";
                };
        };
    }
}
