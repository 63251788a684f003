// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/** One property of an interface; {@code type} is one complete D-Bus type. */
public record PropertyDescription(String name, String type, Access access) {
    /** What the interface's description promises; the dispatcher answers every Set with an error nevertheless. */
    public enum Access {
        READ,
        WRITE,
        READWRITE
    }
}
