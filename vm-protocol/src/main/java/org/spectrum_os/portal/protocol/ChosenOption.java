// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

/**
 * The state of one of the extra choices of a file dialog when the user accepted it.
 *
 * @param id     the choice's id, as the application named it
 * @param option the id of the chosen option; {@code "true"} or {@code "false"} for a choice without options
 */
public record ChosenOption(String id, String option) {}
