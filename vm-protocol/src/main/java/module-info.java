// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What crosses the border between a VM and the host: closed, typed messages with limits, and the sockets that carry them.
 *
 * <p>No arrow leaves this module towards any other of the project.
 */
module org.spectrum_os.portal.protocol {
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;

    exports org.spectrum_os.portal.protocol;
    exports org.spectrum_os.portal.transport;

    // Jackson reads the canonical constructors of the message records.
    opens org.spectrum_os.portal.protocol to
            com.fasterxml.jackson.databind;
}
