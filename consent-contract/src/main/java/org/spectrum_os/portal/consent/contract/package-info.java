// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The messages between the backend and the consent window, their limits, and the lines that carry them. {@code
 * docs/consent-contract.md} is the same contract in words.
 *
 * <p>A message is a record of one of two sealed families, checked when it is made, so a record that exists is within the limits.
 * Nothing here may decide anything, and no text that comes from a guest may pass but as {@link
 * org.spectrum_os.portal.consent.contract.ClaimedText} or as a file pattern.
 */
@NullMarked
package org.spectrum_os.portal.consent.contract;

import org.jspecify.annotations.NullMarked;
