// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What must outlive a crash. For now that is the audit log: every request, decision, grant, use and end, on disk before the answer
 * leaves. It knows neither D-Bus nor the link.
 */
module org.spectrum_os.portal.store {
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;

    exports org.spectrum_os.portal.store.audit;

    opens org.spectrum_os.portal.store.audit to
            com.fasterxml.jackson.databind;
}
