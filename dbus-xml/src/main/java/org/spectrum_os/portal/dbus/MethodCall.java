// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.List;

/**
 * A call that arrived.
 *
 * @param sender the unique name of the calling connection, as the bus tells it
 * @param iface the interface that is called, also when the message left it out
 * @param signature the signature of the arguments
 * @param arguments values in the form that {@link Variants} describes
 * @param descriptors the file descriptors of the message; those not taken are closed once the handler has returned
 */
public record MethodCall(
        String sender,
        String path,
        String iface,
        String member,
        String signature,
        List<Object> arguments,
        ReceivedDescriptors descriptors) {
    public MethodCall {
        arguments = List.copyOf(arguments);
    }

    public MethodCall(
            String sender, String path, String iface, String member, String signature, List<Object> arguments) {
        this(sender, path, iface, member, signature, arguments, ReceivedDescriptors.none());
    }
}
