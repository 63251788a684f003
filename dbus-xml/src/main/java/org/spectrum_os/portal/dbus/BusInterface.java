// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/** One D-Bus interface of one exported object, answered in one of two ways. */
public sealed interface BusInterface permits ExportedInterface, OrderedInterface {
    InterfaceDescription description();

    /**
     * The value of a property for Get and GetAll, in the form that {@link Variants} describes for the property's type. Called on a
     * virtual thread of its own.
     *
     * @throws DBusErrorException to answer with that error
     */
    default Object property(String name) throws DBusErrorException {
        throw new DBusErrorException(ErrorNames.UNKNOWN_PROPERTY, "No value for property " + name);
    }
}
