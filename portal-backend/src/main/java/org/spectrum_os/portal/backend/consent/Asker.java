// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import org.spectrum_os.portal.consent.contract.InstanceLabel;

/**
 * On whose behalf a question is put.
 *
 * @param key   unique to an instance, or to one application of the host; what limits and memories go by
 * @param label what the user sees
 */
public record Asker(String key, InstanceLabel label) {}
