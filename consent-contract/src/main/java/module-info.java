// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What the backend and the process that draws the dialogs say to each other: one JSON object per line, on a pipe each way.
 *
 * <p>Both sides, and any scripted double of the window, use these types; nothing here draws and nothing here decides.
 */
module org.spectrum_os.portal.consent.contract {
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires transitive org.spectrum_os.portal.protocol;

    exports org.spectrum_os.portal.consent.contract;

    // Jackson reads the canonical constructors of the message records.
    opens org.spectrum_os.portal.consent.contract to
            com.fasterxml.jackson.databind;
}
