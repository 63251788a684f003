// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.spectrum_os.portal.protocol.KeyChannel;

/** A program that speaks Assuan to what stands for its gpg-agent, word by word, as hostile as it likes. */
final class AssuanTalk implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KeyChannel channel;

    private AssuanTalk(KeyChannel channel) {
        this.channel = channel;
    }

    /** Over a connection on which a gpg-agent was asked for; waits for its greeting. */
    static AssuanTalk over(KeyChannel channel) throws IOException {
        var talk = new AssuanTalk(channel);
        String greeting = talk.line();
        if (!greeting.startsWith("OK")) {
            throw new IOException("no greeting: " + greeting);
        }
        return talk;
    }

    /** Says a line and returns what is answered, up to and with the line that ends the answer, be it an inquiry. */
    List<String> ask(String line) throws IOException {
        say(line);
        var answer = new ArrayList<String>();
        do {
            answer.add(line());
        } while (!answer.getLast().matches("(OK|ERR|INQUIRE)( .*)?"));
        return answer;
    }

    void say(String line) throws IOException {
        channel.connection().write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** The next line, as Latin-1. */
    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        var one = ByteBuffer.allocate(1);
        while (true) {
            if (channel.connection().read(one.clear(), PATIENCE) < 0) {
                throw new EOFException("the agent closed the connection after “" + line + "”");
            }
            if (one.get(0) == '\n') {
                return line.toString(StandardCharsets.ISO_8859_1);
            }
            line.write(one.get(0));
        }
    }

    /** Whether the agent closes the connection, whatever it says before, without being asked anything more. */
    boolean ends() throws IOException {
        try {
            while (true) {
                String _ = line();
            }
        } catch (EOFException e) {
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
