// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/** One D-Bus interface of one exported object. Calls come in parallel, each on a virtual thread of its own. */
public interface ExportedInterface {
    InterfaceDescription description();

    /**
     * Answers a call whose member and signature have been checked against {@link #description()}. It may block as long as it likes.
     *
     * @throws DBusErrorException to answer with that error; any other exception is logged and answered without its text
     */
    Reply handle(MethodCall call) throws DBusErrorException;

    /**
     * The value of a property for Get and GetAll, in the form that {@link Variants} describes for the property's type.
     *
     * @throws DBusErrorException to answer with that error
     */
    default Object property(String name) throws DBusErrorException {
        throw new DBusErrorException(ErrorNames.UNKNOWN_PROPERTY, "No value for property " + name);
    }
}
