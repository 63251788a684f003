// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.assuan;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.Connection;

/** Reads the lines of one connection, for one thread. A line is told as a string with one character, 0 to 255, for each of its bytes. */
public final class LineReader {
    private final Connection connection;
    /** A line with its end, and what came with it of the next ones. */
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(8 * 1024).flip();

    public LineReader(Connection connection) {
        this.connection = connection;
    }

    /**
     * The next line without its end, which is a line feed, with or without a carriage return before it. It holds no other of these;
     * a NUL only if it is a data line, where libassuan leaves them as they are.
     *
     * @param timeout how long the whole of it may take; zero waits for ever
     * @return null when the other side has closed
     * @throws MalformedAssuanException if it is longer than {@link AssuanLimits#LINE_BYTES} or holds what no line holds, or if the other
     *     side closed in the middle of it
     * @throws SocketTimeoutException   if it did not come in time
     */
    public @Nullable String next(Duration timeout) throws IOException {
        var line = new StringBuilder();
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            while (buffer.hasRemaining()) {
                int one = Byte.toUnsignedInt(buffer.get());
                if (one == '\n') {
                    return checked(line);
                }
                line.append((char) one);
                // One more for a carriage return.
                if (line.length() > AssuanLimits.LINE_BYTES + 1) {
                    throw new MalformedAssuanException("a line of more than " + AssuanLimits.LINE_BYTES + " bytes");
                }
            }
            if (!fill(timeout.isZero() ? timeout : remaining(deadline))) {
                if (!line.isEmpty()) {
                    throw new MalformedAssuanException("the connection ended in the middle of a line");
                }
                return null;
            }
        }
    }

    private static Duration remaining(long deadline) throws SocketTimeoutException {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("no line in time");
        }
        return Duration.ofNanos(left);
    }

    private boolean fill(Duration timeout) throws IOException {
        buffer.clear();
        try {
            return connection.read(buffer, timeout) >= 0;
        } finally {
            buffer.flip();
        }
    }

    private static String checked(StringBuilder line) throws MalformedAssuanException {
        int last = line.length() - 1;
        if (last >= 0 && line.charAt(last) == '\r') {
            line.setLength(last);
        }
        if (line.length() > AssuanLimits.LINE_BYTES) {
            throw new MalformedAssuanException("a line of more than " + AssuanLimits.LINE_BYTES + " bytes");
        }
        String text = line.toString();
        boolean data = text.startsWith("D ");
        if (text.indexOf('\r') >= 0 || (text.indexOf('\0') >= 0 && !data)) {
            throw new MalformedAssuanException("a line with a NUL or a carriage return in it");
        }
        return text;
    }
}
