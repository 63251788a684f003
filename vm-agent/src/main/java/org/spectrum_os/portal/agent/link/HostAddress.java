// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.link;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** Where the host is, as given by {@code --host}. */
public sealed interface HostAddress {

    /** The host of this VM. */
    HostAddress DEFAULT = new Vsock(Ports.HOST_CID, 0);

    /**
     * By vsock.
     *
     * @param cid  the context id, an unsigned 32-bit number
     * @param port the port to use instead of the standard ones, or 0
     */
    record Vsock(int cid, int port) implements HostAddress {
        @Override
        public Connection connect(int standardPort) throws IOException {
            return Connection.connectVsock(cid, port == 0 ? standardPort : port);
        }

        @Override
        public String describe(int standardPort) {
            return "vsock CID " + Integer.toUnsignedString(cid) + " port "
                    + Integer.toUnsignedString(port == 0 ? standardPort : port);
        }
    }

    /** By Unix sockets named as userspace vsock names them: {@code <socket>_<port>}. */
    record UnixSocket(Path socket) implements HostAddress {
        @Override
        public Connection connect(int standardPort) throws IOException {
            return Connection.connectUnix(Ports.unixSocket(socket, standardPort), SocketKind.STREAM);
        }

        @Override
        public String describe(int standardPort) {
            return "socket " + Ports.unixSocket(socket, standardPort);
        }
    }

    /** Connects; blocks a platform thread until the host answers or the kernel gives up. */
    Connection connect(int standardPort) throws IOException;

    /** For messages. */
    String describe(int standardPort);

    /**
     * Reads {@code vsock[:CID[:PORT]]} or {@code unix:PATH}.
     *
     * @throws IllegalArgumentException if {@code text} is neither; the message says what is expected
     */
    static HostAddress parse(String text) {
        if (text.startsWith("unix:") && text.length() > "unix:".length()) {
            return new UnixSocket(Path.of(text.substring("unix:".length())));
        }
        Matcher vsock =
                Pattern.compile("vsock(?::(\\d{1,10})(?::(\\d{1,10}))?)?").matcher(text);
        if (!vsock.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no host: write vsock, vsock:CID, vsock:CID:PORT or unix:PATH");
        }
        int cid = vsock.group(1) == null ? Ports.HOST_CID : unsigned(vsock.group(1), "context id");
        int port = vsock.group(2) == null ? 0 : unsigned(vsock.group(2), "port");
        return new Vsock(cid, port);
    }

    private static int unsigned(String digits, String what) {
        long number = Long.parseLong(digits);
        if (number < 1 || number >= 0xffff_ffffL) {
            throw new IllegalArgumentException(digits + " is no vsock " + what + ": allowed are 1 to 4294967294");
        }
        return (int) number;
    }
}
