// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/** Something that lasts until it is closed: an exported object, a subscription. Closing twice does nothing; closing never blocks. */
public interface Registration extends AutoCloseable {
    @Override
    void close();
}
