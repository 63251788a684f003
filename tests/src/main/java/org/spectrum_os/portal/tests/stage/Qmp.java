// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** QEMU's machine protocol, as far as devices are plugged in by it. Used from one thread. */
final class Qmp implements AutoCloseable {
    private final SocketChannel socket;
    private final BufferedReader lines;
    private final JsonMapper json = new JsonMapper();

    private Qmp(SocketChannel socket) {
        this.socket = socket;
        lines = new BufferedReader(Channels.newReader(socket, StandardCharsets.UTF_8));
    }

    static Qmp connect(Path path) throws IOException {
        var qmp = new Qmp(SocketChannel.open(UnixDomainSocketAddress.of(path)));
        try {
            var _ = qmp.read();
            qmp.execute("qmp_capabilities", Map.of());
            return qmp;
        } catch (IOException e) {
            qmp.close();
            throw e;
        }
    }

    /** Runs a command that must work. */
    void execute(String command, Map<String, Object> arguments) throws IOException {
        byte[] text = json.writeValueAsBytes(Map.of("execute", command, "arguments", arguments));
        ByteBuffer bytes = ByteBuffer.wrap(text);
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
        while (true) {
            JsonNode answer = read();
            if (answer.has("error")) {
                throw new IOException("QEMU, told to " + command + ": " + answer.get("error"));
            }
            if (answer.has("return")) {
                return;
            }
        }
    }

    /** Takes a device out, and waits until the guest has let go of it. */
    void remove(String device) throws IOException {
        execute("device_del", Map.of("id", device));
        JsonNode event = read();
        while (!event.path("event").asText().equals("DEVICE_DELETED")
                || !event.path("data").path("device").asText().equals(device)) {
            event = read();
        }
    }

    private JsonNode read() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IOException("QEMU is gone");
        }
        return json.readTree(line);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
