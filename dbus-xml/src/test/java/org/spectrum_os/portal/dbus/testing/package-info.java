// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * A private message bus for tests, published for the tests of other modules.
 *
 * <p>Never connects to the bus of whoever runs the tests.
 */
@NullMarked
package org.spectrum_os.portal.dbus.testing;

import org.jspecify.annotations.NullMarked;
