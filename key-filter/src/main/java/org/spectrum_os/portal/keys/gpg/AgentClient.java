// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.keys.assuan.AssuanLimits;
import org.spectrum_os.portal.keys.assuan.Escaping;
import org.spectrum_os.portal.keys.assuan.LineReader;
import org.spectrum_os.portal.keys.assuan.LineWriter;
import org.spectrum_os.portal.keys.assuan.MalformedAssuanException;
import org.spectrum_os.portal.transport.Connection;

/** Our side of one connection to a real gpg-agent. */
final class AgentClient {
    private static final Pattern ERROR = Pattern.compile("ERR ([0-9]{1,10})(?: (.{0,300}).*)?");
    private static final Pattern PADDING = Pattern.compile("S PADDING (-?[0-9]{1,4})");

    private final LineReader in;
    private final LineWriter out;
    private final Duration writing;

    AgentClient(Connection connection, Duration writing) {
        this.in = new LineReader(connection);
        this.out = new LineWriter(connection, writing);
        this.writing = writing;
    }

    /**
     * What came of one command.
     *
     * @param error   null if all went well
     * @param padding of a status line PADDING, or -1
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Answer(@Nullable Refusal error, byte[] data, int padding) {}

    /**
     * ERR.
     *
     * @param code of libgpg-error, without its source
     */
    record Refusal(int code, String text) {}

    /** Reads the agent's first words. */
    void greeting() throws IOException {
        Answer greeting = answer(null, writing);
        if (greeting.error() != null) {
            throw new MalformedAssuanException(
                    "it greets with an error: " + greeting.error().text());
        }
    }

    /** Sends one command that is answered at once. */
    Answer command(String line) throws IOException {
        return command(line, null, writing);
    }

    /**
     * Sends one command.
     *
     * @param ciphertext for an inquiry of that name
     * @param longest    how long the whole of it may take
     * @throws SocketTimeoutException   if it took longer
     * @throws MalformedAssuanException if the agent says what gpg-agent does not say, or ends in the middle
     */
    Answer command(String line, byte @Nullable [] ciphertext, Duration longest) throws IOException {
        out.line(line);
        out.flush();
        return answer(ciphertext, longest);
    }

    private Answer answer(byte @Nullable [] ciphertext, Duration longest) throws IOException {
        long deadline = System.nanoTime() + longest.toNanos();
        var data = new ByteArrayOutputStream();
        int padding = -1;
        for (int lines = 0; lines < AssuanLimits.ANSWER_LINES; lines++) {
            String line = next(deadline);
            if (line.equals("OK") || line.startsWith("OK ")) {
                return new Answer(null, data.toByteArray(), padding);
            } else if (line.startsWith("D ")) {
                data.writeBytes(Escaping.unescape(line.substring(2)));
                if (data.size() > AssuanLimits.ANSWER_BYTES) {
                    throw new MalformedAssuanException(
                            "an answer of more than " + AssuanLimits.ANSWER_BYTES + " bytes");
                }
            } else if (line.startsWith("ERR ")) {
                return new Answer(refusal(line), new byte[0], -1);
            } else if (line.startsWith("INQUIRE ")) {
                inquired(line.substring("INQUIRE ".length()), ciphertext);
            } else if (line.startsWith("S ")) {
                padding = padding(line).orElse(padding);
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                throw new MalformedAssuanException("a line that is no answer");
            }
        }
        throw new MalformedAssuanException("an answer of more than " + AssuanLimits.ANSWER_LINES + " lines");
    }

    private String next(long deadline) throws IOException {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        String line = in.next(Duration.ofNanos(left));
        if (line == null) {
            throw new MalformedAssuanException("it ended in the middle of an answer");
        }
        return line;
    }

    private void inquired(String what, byte @Nullable [] ciphertext) throws IOException {
        if (what.equals("CIPHERTEXT") && ciphertext != null) {
            out.data(ciphertext);
            out.end();
        } else if (what.startsWith("PINENTRY_LAUNCHED")) {
            out.end();
        } else {
            // It may want a passphrase from us; those are for its pinentry.
            out.line("CAN");
        }
        out.flush();
    }

    private static Refusal refusal(String line) throws MalformedAssuanException {
        Matcher error = ERROR.matcher(line);
        if (!error.matches()) {
            throw new MalformedAssuanException("an error without a code");
        }
        String text = error.group(2) == null ? "" : error.group(2);
        String safe = new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}", "?");
        return new Refusal((int) (Long.parseLong(error.group(1)) & 0xffff), safe);
    }

    private static Optional<Integer> padding(String line) {
        Matcher padding = PADDING.matcher(line);
        return padding.matches() ? Optional.of(Integer.valueOf(padding.group(1))) : Optional.empty();
    }
}
