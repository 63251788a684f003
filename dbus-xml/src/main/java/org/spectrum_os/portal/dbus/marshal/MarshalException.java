// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus.marshal;

import java.io.Serial;

/** Bytes that are no value of the type they should have, or a text that is no type. */
public final class MarshalException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public MarshalException(String message) {
        super(message);
    }
}
