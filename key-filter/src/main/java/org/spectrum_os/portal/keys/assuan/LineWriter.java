// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.assuan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.spectrum_os.portal.transport.Connection;

/**
 * Writes lines to one connection, for one thread. What is written leaves with {@link #flush}, which
 * is due after each answer or command: what is put in one is bounded by whoever does it.
 */
public final class LineWriter {
    private final Connection connection;
    private final Duration longest;
    private final StringBuilder pending = new StringBuilder();

    /** @param longest how long the other side may take to read what one {@link #flush} writes */
    public LineWriter(Connection connection, Duration longest) {
        this.connection = connection;
        this.longest = longest;
    }

    public void ok() {
        line("OK");
    }

    /** {@code code} is one of libgpg-error, with its source in the upper bits; {@code text} is plain ASCII. */
    public void error(int code, String text) {
        line("ERR " + code + " " + text);
    }

    /** A status line. */
    public void status(String keyword, String arguments) {
        line("S " + keyword + " " + arguments);
    }

    public void inquire(String keyword) {
        line("INQUIRE " + keyword);
    }

    /** The end of an answer to an inquiry. */
    public void end() {
        line("END");
    }

    /** Data, in as many lines as it takes, with percent signs and line ends escaped. */
    public void data(byte[] bytes) {
        var line = new StringBuilder("D ");
        for (byte one : bytes) {
            String escaped = Escaping.escaped(one);
            if (line.length() + escaped.length() > AssuanLimits.LINE_BYTES) {
                line(line.toString());
                line.setLength(2);
            }
            line.append(escaped);
        }
        if (bytes.length > 0) {
            line(line.toString());
        }
    }

    /**
     * Any other line.
     *
     * @param line one character, 0 to 255, for each byte
     * @throws IllegalArgumentException if that is no line, or more than one
     */
    public void line(String line) {
        if (line.length() > AssuanLimits.LINE_BYTES
                || line.chars().anyMatch(one -> one == '\n' || one == '\r' || one > 255)) {
            throw new IllegalArgumentException("not a line of at most " + AssuanLimits.LINE_BYTES + " bytes");
        }
        pending.append(line).append('\n');
    }

    /**
     * Sends it all.
     *
     * @throws java.net.SocketTimeoutException if the other side does not read
     */
    public void flush() throws IOException {
        var bytes = ByteBuffer.wrap(pending.toString().getBytes(StandardCharsets.ISO_8859_1));
        pending.setLength(0);
        connection.write(bytes, longest);
    }
}
