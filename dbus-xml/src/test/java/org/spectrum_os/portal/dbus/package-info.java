// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Tests against a real bus daemon and the usual command line tools.
 *
 * <p>Nothing here may depend on the session of whoever runs the tests.
 */
@NullMarked
package org.spectrum_os.portal.dbus;

import org.jspecify.annotations.NullMarked;
