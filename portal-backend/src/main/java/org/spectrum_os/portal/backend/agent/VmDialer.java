// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** Connects to a port that a program in a VM listens on. Blocks: platform threads. */
public final class VmDialer {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int ANSWER_BYTES = 32;

    private VmDialer() {}

    /** Connects; the connection is the caller's. */
    public static Connection dial(LinkAddress address, int port) throws IOException {
        return switch (address) {
            case LinkAddress.Vsock(int cid) -> Connection.connectVsock(cid, port);
            case LinkAddress.Unix(var socket) -> throughMonitor(socket, port);
        };
    }

    /**
     * The convention of Firecracker, Cloud Hypervisor and vhost-device-vsock: a line {@code CONNECT <port>}, answered with a line that
     * begins with {@code OK}; what follows is the guest's.
     */
    private static Connection throughMonitor(Path socket, int port) throws IOException {
        Connection connection = Connection.connectUnix(socket, SocketKind.STREAM);
        try {
            connection.write(ByteBuffer.wrap(("CONNECT " + port + "\n").getBytes(StandardCharsets.US_ASCII)), ANSWER);
            String answer = line(connection);
            if (!answer.startsWith("OK ")) {
                throw new IOException("the VM monitor at " + socket + " did not say OK");
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Byte by byte, as what is behind the line is not ours. */
    private static String line(Connection connection) throws IOException {
        var line = new StringBuilder();
        var one = ByteBuffer.allocate(1);
        long deadline = System.nanoTime() + ANSWER.toNanos();
        while (line.length() < ANSWER_BYTES) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SocketTimeoutException("the VM monitor did not answer for " + ANSWER.toSeconds() + " s");
            }
            if (connection.read(one.clear(), Duration.ofNanos(left)) < 0) {
                throw new IOException("nobody in the VM listens there");
            }
            char next = (char) (one.get(0) & 0xff);
            if (next == '\n') {
                return line.toString();
            }
            line.append(next);
        }
        throw new IOException("the VM monitor answered with a line that is too long");
    }
}
