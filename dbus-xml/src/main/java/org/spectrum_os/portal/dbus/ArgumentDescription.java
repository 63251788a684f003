// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/**
 * One argument of a method or signal.
 *
 * @param name as introspection shows it
 * @param type one complete D-Bus type
 */
public record ArgumentDescription(String name, String type) {}
