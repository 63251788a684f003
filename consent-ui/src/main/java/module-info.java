// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The program that draws the trusted window. It is a child of the backend, speaks the consent contract on its standard streams, and
 * opens nothing by itself.
 */
module org.spectrum_os.portal.consent.ui {
    requires static org.jspecify;
    requires org.spectrum_os.portal.consent.contract;
    requires org.gnome.gtk;
}
