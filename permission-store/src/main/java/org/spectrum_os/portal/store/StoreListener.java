// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

/** Hears of every change, in order, once it is on the disk and before whoever asked for it hears. Must be quick and must not wait for the store. */
public interface StoreListener {
    void changed(Change change, Outcome.Done outcome);
}
