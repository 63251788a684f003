// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The portal's half inside a VM. Two faces over one core: the frontend that applications call, or a backend beneath a stock one.
 */
module org.spectrum_os.portal.agent {
    requires static org.jspecify;
    requires org.spectrum_os.portal.chooser;
    requires org.spectrum_os.portal.dbus;
    requires org.spectrum_os.portal.protocol;
}
