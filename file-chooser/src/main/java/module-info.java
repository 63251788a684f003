// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * How a FileChooser call looks on D-Bus, and what it means: the same in a guest, where it is forwarded, and on the host, where the user is
 * asked. It knows neither the link nor the dialog.
 */
module org.spectrum_os.portal.chooser {
    requires static org.jspecify;
    requires transitive org.freedesktop.dbus;
    requires transitive org.spectrum_os.portal.dbus;
    requires transitive org.spectrum_os.portal.protocol;

    exports org.spectrum_os.portal.chooser;
}
