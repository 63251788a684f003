// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The service as it is: a process of its own on a real bus, with the stock service beside it.
 *
 * <p>Nothing here looks into the service; what it wrote is looked at only as files.
 */
@NullMarked
package org.spectrum_os.portal.store.service;

import org.jspecify.annotations.NullMarked;
