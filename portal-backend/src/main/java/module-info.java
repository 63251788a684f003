// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The daemon on the host and its command line. Requests flow one way through its packages: agent (who is it) → file (what is asked) →
 * policy → consent (the user) → lease → effect.
 *
 * <p>GTK is in another process and another module; nothing here can draw.
 */
module org.spectrum_os.portal.backend {
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires java.logging;
    requires org.spectrum_os.portal.chooser;
    requires org.spectrum_os.portal.consent.contract;
    requires org.spectrum_os.portal.dbus;
    requires org.spectrum_os.portal.files;
    requires org.spectrum_os.portal.keys;
    requires org.spectrum_os.portal.protocol;
    requires org.spectrum_os.portal.store;

    // picocli fills the fields of the commands.
    opens org.spectrum_os.portal.backend.cli to
            info.picocli;
}
