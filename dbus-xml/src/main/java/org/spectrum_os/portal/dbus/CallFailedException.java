// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/**
 * A call was answered with an error, or with none in time ({@link ErrorNames#NO_REPLY}), or the connection ended first
 * ({@link ErrorNames#DISCONNECTED}).
 */
public final class CallFailedException extends BusException {
    private static final long serialVersionUID = 1L;
    private final String name;
    private final String text;

    public CallFailedException(String name, String text) {
        super(name + ": " + text);
        this.name = name;
        this.text = text;
    }

    /** The D-Bus error name. */
    public String name() {
        return name;
    }

    /** The text that came with the error, empty if none did. It is the other side's text. */
    public String text() {
        return text;
    }
}
