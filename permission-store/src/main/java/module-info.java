// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What must outlive a crash. For now that is the audit log: every request, decision, grant, use and end, on disk before the answer
 * leaves; and D-Bus values in forms that are kept. It knows D-Bus's values, but neither buses nor the link.
 */
module org.spectrum_os.portal.store {
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires java.logging;
    requires transitive org.spectrum_os.portal.dbus;

    exports org.spectrum_os.portal.store;
    exports org.spectrum_os.portal.store.lease;

    opens org.spectrum_os.portal.store to
            com.fasterxml.jackson.databind;
    // picocli fills the fields of the commands.
    opens org.spectrum_os.portal.store.service to
            info.picocli;
}
