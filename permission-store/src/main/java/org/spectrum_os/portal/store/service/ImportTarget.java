// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.store.gvdb.StockEntry;

/** Where imported entries go. */
interface ImportTarget extends AutoCloseable {
    /** The ids that a table has already. */
    Set<String> ids(String table) throws StopException;

    /** Makes or replaces an entry. Completes with null once it is on the disk, or with why it is not, in words. */
    CompletableFuture<@Nullable String> set(String table, StockEntry entry);

    @Override
    void close() throws StopException;
}
