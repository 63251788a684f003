// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/** Everything that runs against the real bus, the real windows and a real guest. */
module org.spectrum_os.portal.tests {
    requires static org.jspecify;
    requires org.spectrum_os.portal.dbus;

    exports org.spectrum_os.portal.tests.desktop;
    exports org.spectrum_os.portal.tests.guest;
}
