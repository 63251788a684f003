// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Serves lent files and directories to VMs as 9P2000.L, from descriptors it was handed; and the backend's side of telling it what to lend.
 *
 * <p>The arrow goes to the transports of {@code org.spectrum_os.portal.protocol} and its strict JSON, no further.
 */
module org.spectrum_os.portal.files {
    requires static org.jspecify;
    requires transitive org.spectrum_os.portal.protocol;
    requires com.fasterxml.jackson.databind;

    exports org.spectrum_os.portal.files;
    exports org.spectrum_os.portal.files.control;
    exports org.spectrum_os.portal.files.lent;
    exports org.spectrum_os.portal.files.saving;
    exports org.spectrum_os.portal.files.vm;

    // Jackson reads the canonical constructors of the control records.
    opens org.spectrum_os.portal.files.vm to
            com.fasterxml.jackson.databind;
    opens org.spectrum_os.portal.files.control to
            com.fasterxml.jackson.databind;
    opens org.spectrum_os.portal.files.lent to
            com.fasterxml.jackson.databind;
}
