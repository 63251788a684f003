// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of values in their wire form: what is read back is what was written, and broken bytes are refused in one way only.
 *
 * <p>Nothing here needs a bus.
 */
@NullMarked
package org.spectrum_os.portal.dbus.marshal;

import org.jspecify.annotations.NullMarked;
