// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** tests/crosvm-double, running. */
final class CrosvmDouble implements AutoCloseable {
    private static final Path SCRIPT =
            Path.of("..", "tests", "crosvm-double").toAbsolutePath().normalize();

    private final Process process;
    private final SocketChannel control;
    private final BufferedReader answers;

    private CrosvmDouble(Process process, SocketChannel control) {
        this.process = process;
        this.control = control;
        this.answers = new BufferedReader(Channels.newReader(control, StandardCharsets.UTF_8));
    }

    static CrosvmDouble start(Path socket, String... options) throws IOException {
        return start(List.of(), socket, options);
    }

    /** {@code before} is put before its command line. */
    static CrosvmDouble start(List<String> before, Path socket, String... options) throws IOException {
        Path control = socket.resolveSibling("control-" + System.nanoTime());
        var command = new ArrayList<>(before);
        command.addAll(List.of(SCRIPT.toString(), "--socket", socket.toString(), "--control", control.toString()));
        command.addAll(Arrays.asList(options));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertEquals("ready", out.readLine());
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        assertTrue(channel.connect(UnixDomainSocketAddress.of(control)));
        return new CrosvmDouble(process, channel);
    }

    JsonNode tell(String command) throws IOException {
        control.write(StandardCharsets.UTF_8.encode(command + "\n"));
        JsonNode answer = new ObjectMapper().readTree(answers.readLine());
        assertNull(answer.get("error"), command);
        return answer;
    }

    void trap(String trap) throws IOException {
        JsonNode _ = tell("trap " + trap + " on");
    }

    void untrap(String trap) throws IOException {
        JsonNode _ = tell("trap " + trap + " off");
    }

    /** What is on which port: "9=0781:5580". */
    List<String> devices() throws IOException {
        var devices = new ArrayList<String>();
        for (JsonNode device : tell("state").get("devices")) {
            devices.add(device.get("port").asText() + "=" + device.get("vendor").asText() + ":"
                    + device.get("product").asText());
        }
        return devices;
    }

    int openFiles() throws IOException {
        return tell("state").get("openFiles").asInt();
    }

    /** As a crash does: the socket's file stays. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    }

    /** STOP or CONT, for one. */
    void signal(String name) throws IOException, InterruptedException {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor());
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        control.close();
        process.destroy();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), "the double does not end");
    }
}
