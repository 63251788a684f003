// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code spectrum-portal}. Each subcommand is a class; all of them can print JSON.
 *
 * <p>Exit status: 0 done, 1 refused or not found or something is wrong, 2 the command line or the policy file is wrong.
 */
@NullMarked
package org.spectrum_os.portal.backend.cli;

import org.jspecify.annotations.NullMarked;
