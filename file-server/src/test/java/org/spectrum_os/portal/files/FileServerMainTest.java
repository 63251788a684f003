// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.control.FileServerClient;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.Entry;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.files.ninep.NinepClient;
import org.spectrum_os.portal.files.ninep.NinepWire;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** The program as it is started: a process of its own, from the module path. */
@Timeout(60)
class FileServerMainTest {
    @TempDir
    Path folder;

    private static String modulePath() {
        return Stream.of(
                        FileServerMain.class,
                        Connection.class,
                        ObjectMapper.class,
                        JsonFactory.class,
                        JsonProperty.class)
                .map(type -> {
                    try {
                        return Path.of(type.getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                                .toString();
                    } catch (java.net.URISyntaxException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .collect(Collectors.joining(File.pathSeparator));
    }

    private Process start(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "--enable-native-access=org.spectrum_os.portal.protocol",
                "-p",
                modulePath(),
                "-m",
                "org.spectrum_os.portal.files/org.spectrum_os.portal.files.FileServerMain"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("log").toFile())
                .start();
    }

    private String log() throws Exception {
        return Files.readString(folder.resolve("log"));
    }

    private static final class Recorder implements FileServerClient.Events {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();

        @Override
        public void guestGone(String instance, int connectionsLeft) {
            events.add("gone");
        }

        @Override
        public void used(String lease) {
            events.add("used");
        }

        @Override
        public void stopped() {
            events.add("stopped");
        }

        @Override
        public Descriptor stage(String lease) throws IOException {
            throw new IOException("nothing is staged here");
        }

        @Override
        public void install(String lease, String name, Descriptor staged) throws IOException {
            throw new IOException("nothing is installed here");
        }
    }

    private static void lend(FileServerClient client, String lease, String name, Descriptor file) throws IOException {
        client.lend("work", lease, Access.READ, List.of(new Entry(name, Entry.Kind.FILE)), List.of(file));
    }

    @Test
    void servesAcrossProcessesAndLeavesWhenTheBackendDoes() throws Exception {
        byte[] content = new byte[3_000_000];
        new java.util.Random(5).nextBytes(content);
        Path file = Files.write(folder.resolve("Ünïcode & \"quotes\" 100%.txt"), content)
                .toRealPath();
        Path socket = folder.resolve("control");
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        Process process;
        try (var listener = Listener.unix(socket, SocketKind.SEQPACKET, Listener.Identity.PROCESS);
                var guest = new NinepClient(ends.second())) {
            process = start("--control", socket.toString());
            var recorder = new Recorder();
            try (var client = new FileServerClient(listener.accept(), recorder)) {
                try (Descriptor lent = FileNode.openForReading(file);
                        Descriptor guestSocket = ends.first().release()) {
                    lend(client, "a1", String.valueOf(file.getFileName()), lent);
                    client.serve("work", new GuestUser(1000, 1000), guestSocket);
                }
                guest.mounted().open(1, "a1", String.valueOf(file.getFileName()));
                org.junit.jupiter.api.Assertions.assertArrayEquals(content, guest.readAll(1));
                String event = recorder.events.poll(20, TimeUnit.SECONDS);
                assertNotNull(event, log());
                assertEquals("used", event);
                client.revoke("a1");
                assertEquals(
                        116,
                        org.junit.jupiter.api.Assertions.assertThrows(
                                        NinepWire.Failed.class, () -> guest.read(1, 0, 100))
                                .errno());
            }
            assertTrue(process.waitFor(20, TimeUnit.SECONDS), "still running: " + log());
            assertEquals(0, process.exitValue(), log());
            org.junit.jupiter.api.Assertions.assertThrows(java.io.IOException.class, () -> guest.read(1, 0, 100));
        }
        assertTrue(log().contains("lent a1 to work"), log());
        assertTrue(!log().contains("WARNING"), log());
    }

    @Test
    void saysWhatIsWrongWithItsArguments() throws Exception {
        assertEquals(2, run());
        assertEquals(2, run("--control"));
        assertEquals(2, run("--what", "x"));
        assertEquals(1, run("--control", folder.resolve("nobody").toString()));
        assertEquals(0, run("--help"));
        assertEquals(0, run("--version"));
        assertTrue(printed.toString(StandardCharsets.UTF_8).contains("--control PATH"));
        assertTrue(lines.getLast().contains("cannot connect"), lines.toString());
    }

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<String> lines = new ArrayList<>();

    private int run(String... arguments) {
        return FileServerMain.run(arguments, new PrintStream(printed, true, StandardCharsets.UTF_8), lines::add);
    }
}
