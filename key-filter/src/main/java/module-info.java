// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What a guest may say to a key: gpg-agent's and ssh-agent's protocols, parsed, checked and written anew.
 *
 * <p>Pure but for the connections it is handed. It knows no user, no policy and no file.
 */
module org.spectrum_os.portal.keys {
    requires static org.jspecify;
    requires org.spectrum_os.portal.protocol;

    exports org.spectrum_os.portal.keys.assuan;
    exports org.spectrum_os.portal.keys.gpg;
    exports org.spectrum_os.portal.keys.ssh;
}
