// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What must outlive a crash: permissions, the leases among them, and the audit log, in files people can read and on the disk before any
 * answer leaves. It knows D-Bus's values, but not the link.
 */
module org.spectrum_os.portal.store {
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires java.logging;
    requires transitive org.spectrum_os.portal.dbus;

    exports org.spectrum_os.portal.store;
    exports org.spectrum_os.portal.store.audit;
    exports org.spectrum_os.portal.store.lease;

    opens org.spectrum_os.portal.store.audit to
            com.fasterxml.jackson.databind;
    // picocli fills the fields of the commands.
    opens org.spectrum_os.portal.store.service to
            info.picocli;
}
