// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * D-Bus values in their wire form: reading, writing, and keeping one byte for byte without knowing what it means.
 *
 * <p>Whatever is read here is checked against the D-Bus specification ("Marshaling", "Valid Signatures") as it is read, bounded in length
 * and depth. Nothing here talks to a bus, and no value is ever interpreted.
 */
@NullMarked
package org.spectrum_os.portal.dbus.marshal;

import org.jspecify.annotations.NullMarked;
