// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

/**
 * The response codes of {@code org.freedesktop.portal.Request.Response} and of the backend interfaces. This is the only place where
 * an outcome becomes a number.
 */
public final class ResponseCode {
    /** The request was carried out. */
    public static final int SUCCESS = 0;
    /** The user refused. */
    public static final int CANCELLED_BY_USER = 1;
    /** The interaction ended in some other way. */
    public static final int OTHER = 2;

    private ResponseCode() {}

    /** Maps an outcome to the code an application sees. */
    public static int of(Outcome outcome) {
        return switch (outcome) {
            case DENIED -> CANCELLED_BY_USER;
            case CANCELLED, EXPIRED -> OTHER;
        };
    }
}
