// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/** A bus name that was asked for belongs to another connection. */
public final class NameTakenException extends BusException {
    private static final long serialVersionUID = 1L;

    public NameTakenException(String name) {
        super("the bus name " + name + " belongs to another program; stop that program, or let this one replace it");
    }
}
