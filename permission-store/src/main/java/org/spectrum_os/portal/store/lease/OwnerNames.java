// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.lease;

import org.spectrum_os.portal.store.InstanceFolders;

/** Owners become names of folders; whatever could mean another folder is none. */
final class OwnerNames {
    private OwnerNames() {}

    static String require(String owner) {
        if (!InstanceFolders.isName(owner)) {
            throw new IllegalArgumentException("'" + owner + "' is no instance's name");
        }
        return owner;
    }
}
