// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/** A refusal that goes back to the caller as a D-Bus error, with a name and a sentence. */
public class DBusErrorException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String name;

    /**
     * @param name one of {@link ErrorNames}, or another valid error name
     * @param text what happened, to what; it is sent to the caller, so it must hold nothing the caller may not know
     */
    public DBusErrorException(String name, String text) {
        super(text);
        if (!Names.isInterface(name)) {
            throw new IllegalArgumentException("'" + name + "' is no D-Bus error name");
        }
        this.name = name;
    }

    /** The D-Bus error name. */
    public String name() {
        return name;
    }

    /** The sentence that goes with it. */
    public String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
