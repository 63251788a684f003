// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The bus: interface descriptions, the Java types generated from them, and a connection that dispatches calls to exported objects.
 *
 * <p>No arrow leaves this module towards any other of the project.
 */
module org.spectrum_os.portal.dbus {
    requires static org.jspecify;
    requires transitive org.freedesktop.dbus;
    requires org.newsclub.net.unix;
    // Carries the native half of the sockets; nothing else would bring it into a module graph.
    requires com.kohlschutter.junixsocket.nativecommon;
    requires org.slf4j;

    exports org.spectrum_os.portal.dbus;
    exports org.spectrum_os.portal.dbus.iface;
    exports org.spectrum_os.portal.dbus.marshal;
}
