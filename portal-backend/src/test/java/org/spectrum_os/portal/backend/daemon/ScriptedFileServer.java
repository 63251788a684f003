// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * A program that takes the file server's place and answers as it is told: {@code TYPE=ANSWER[,ANSWER…]} for each type of request, where an
 * answer is {@code done}, {@code failed} or {@code silence}, and the last one holds for all that follow.
 */
final class ScriptedFileServer {
    private static final Pattern REQUEST = Pattern.compile("\"type\":\"([a-z]+)\",\"id\":([0-9]+)");

    private ScriptedFileServer() {}

    /** The command that starts it. */
    static List<String> command(String... script) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ScriptedFileServer.class.getName()));
        command.addAll(List.of(script));
        return command;
    }

    public static void main(String[] arguments) throws IOException {
        Path control = Path.of(arguments[arguments.length - 1]);
        var script = new java.util.HashMap<String, List<String>>();
        for (int i = 0; i < arguments.length - 2; i++) {
            String[] line = arguments[i].split("=", 2);
            script.put(line[0], new ArrayList<>(List.of(line[1].split(","))));
        }
        try (Connection backend = Connection.connectUnix(control, SocketKind.SEQPACKET)) {
            while (true) {
                Connection.Received packet = backend.receiveWithDescriptors(16 * 1024, 1, Duration.ZERO);
                packet.descriptors().forEach(Descriptor::close);
                Matcher request = REQUEST.matcher(StandardCharsets.UTF_8.decode(packet.bytes()));
                if (!request.find()) {
                    return;
                }
                List<String> answers = script.getOrDefault(request.group(1), new ArrayList<>(List.of("done")));
                String answer = answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
                String more = answer.equals("failed") ? ",\"message\":\"as told\"" : "";
                if (!answer.equals("silence")) {
                    String json = "{\"type\":\"" + answer + "\",\"id\":" + request.group(2) + more + "}";
                    backend.sendWithDescriptors(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)), List.of());
                }
            }
        }
    }
}
