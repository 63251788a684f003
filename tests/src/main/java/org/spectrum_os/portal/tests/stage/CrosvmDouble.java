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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What stands in for crosvm ({@code tests/crosvm-double}), as a process of the user's session. It ends with the session at the latest. */
final class CrosvmDouble implements AutoCloseable {
    private static final long END_SECONDS = 10;

    private final Process process;
    private final Path socket;
    private final Path control;

    private CrosvmDouble(Process process, Path socket, Path control) {
        this.process = process;
        this.socket = socket;
        this.control = control;
    }

    /**
     * Starts it and waits until it can be connected to.
     *
     * @param name      of its sockets, in the folder of the guest's
     * @param arguments more of its arguments
     */
    static CrosvmDouble start(Stage stage, String name, List<String> arguments) throws IOException {
        Path socket = socket(stage, name);
        Path control = socket.resolveSibling(name + ".control");
        var command = new ArrayList<>(List.of(
                stage.programs().ofTests("crosvm-double").toString(),
                "--socket",
                socket.toString(),
                "--control",
                control.toString()));
        command.addAll(arguments);
        Process process = stage.desktop().launch(name, true, command);
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        if (!"ready".equals(said.readLine())) {
            throw new IOException(
                    "crosvm-double does not start: " + stage.desktop().log(name));
        }
        return new CrosvmDouble(process, socket, control);
    }

    /** Where one of that name will have its control socket, which the policy says. */
    static Path socket(Stage stage, String name) {
        return stage.folder().resolve("vm").resolve(name + ".sock");
    }

    Path socket() {
        return socket;
    }

    /** Has it do something, as its help says; returns its state. */
    JsonNode tell(String command) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(control))) {
            channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8)));
            String line = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)).readLine();
            JsonNode answer = new JsonMapper().readTree(line == null ? "{\"error\": \"end of stream\"}" : line);
            if (answer.has("error")) {
                throw new IOException("crosvm-double, told to " + command + ": " + answer.get("error"));
            }
            return answer;
        }
    }

    JsonNode state() throws IOException {
        return tell("state");
    }

    /** How many devices the VM has. */
    int attached() throws IOException {
        return state().get("devices").size();
    }

    /** Ends it, and so the VM. Further calls do nothing. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("crosvm-double does not end when it is told to");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
