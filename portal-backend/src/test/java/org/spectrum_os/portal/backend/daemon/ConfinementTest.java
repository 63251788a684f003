// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.control.FileServerClient;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.Peer;
import org.spectrum_os.portal.transport.SocketKind;

/** The namespaces in which bin/spectrum-file-server runs, tried from inside. */
class ConfinementTest {
    private static final Path BIN = Path.of("..", "bin").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    /** Everything the probe needs, in one folder, as the file server's own modules are. */
    private Path program() throws IOException {
        Path program = Files.createDirectory(folder.resolve("program"));
        int number = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            if (Files.isDirectory(from)) {
                copy(from, program.resolve("classes-" + number++));
            } else if (entry.endsWith(".jar")) {
                Files.copy(from, program.resolve(number++ + ".jar"));
            }
        }
        return program;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    /** As bin/spectrum-file-server does it, with another program inside. */
    private Process start(Path socket, int port) throws IOException {
        Path program = program();
        var classes = new ArrayList<String>();
        try (Stream<Path> all = Files.list(program)) {
            all.map(path -> "/program/" + path.getFileName()).sorted().forEach(classes::add);
        }
        var script =
                "set -eu; bin=$1; shift; . \"$bin/lib/common.sh\"; . \"$bin/lib/jdk.sh\"; . \"$bin/lib/confine.sh\";"
                        + " run_confined \"$@\"";
        var command = new ProcessBuilder(
                "bash",
                "-c",
                script,
                "spectrum-file-server",
                BIN.toString(),
                program.toString(),
                socket.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                String.join(":", classes),
                InsideProbe.class.getName(),
                "/run/control",
                String.valueOf(port));
        command.environment().put("JAVA_HOME", System.getProperty("java.home"));
        command.environment().put("SECRET_OF_THE_SESSION", "x");
        return command.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void insideThereIsTheRuntimeAndNothingElse() throws Exception {
        Path socket = folder.resolve("control.sock");
        Path file = Files.writeString(folder.resolve("lent"), "content").toRealPath();
        Path lent = Files.createDirectory(folder.resolve("tree")).toRealPath();
        Files.writeString(lent.resolve("inside"), "beneath it");
        Map<String, String> told = new LinkedHashMap<>();
        try (var network = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Listener listener = Listener.unix(socket, SocketKind.SEQPACKET, Listener.Identity.PROCESS);
                var alarm = Executors.newSingleThreadScheduledExecutor();
                Descriptor open = FileNode.openForReading(file);
                Descriptor tree = FileNode.openFolder(lent)) {
            Process process = start(socket, network.getLocalPort());
            var timeout = alarm.schedule(listener::close, 60, TimeUnit.SECONDS);
            try (Connection inside = listener.accept()) {
                assertTrue(timeout.cancel(false));
                Peer.HostProcess peer = (Peer.HostProcess) inside.peer();
                assertTrue(
                        process.descendants().anyMatch(child -> child.pid() == peer.pid()),
                        "it descends from the process that was started");
                inside.sendWithDescriptors(ByteBuffer.wrap(new byte[] {1}), List.of(open, tree));
                Connection.Received packet = inside.receiveWithDescriptors(16 * 1024, 0, Duration.ofSeconds(60));
                for (String line :
                        StandardCharsets.UTF_8.decode(packet.bytes()).toString().split("\n", -1)) {
                    told.put(line.substring(0, line.indexOf(": ")), line.substring(line.indexOf(": ") + 2));
                }
            }
            assertEquals(0, process.waitFor());
        }
        // What was handed over works …
        assertEquals("content", told.getOrDefault("file", ""));
        assertEquals("beneath it", told.getOrDefault("beneath", ""));
        assertEquals("true", told.getOrDefault("made", ""));
        // … and that is all there is.
        List<String> root = List.of(
                told.getOrDefault("root", "").replaceAll("[\\[\\] ]", "").split(",", -1));
        for (String absent : List.of("home", "root", "dev", "tmp", "var", "sys", "mnt", "bin", "boot")) {
            assertFalse(root.contains(absent), () -> absent + " is there: " + root);
        }
        assertEquals("[control]", told.getOrDefault("run", ""));
        assertEquals("0", told.getOrDefault("processes", ""));
        for (String folder : List.of("/", "/program", "/run", System.getProperty("java.home"), "/lib")) {
            assertEquals("refused", told.get("write " + folder), folder);
        }
        assertTrue(
                List.of("[]", "[lo]").contains(told.getOrDefault("interfaces", "")),
                told.getOrDefault("interfaces", ""));
        assertEquals("refused", told.getOrDefault("connect", ""));
        assertEquals("refused", told.getOrDefault("shell", ""));
        assertFalse(told.getOrDefault("environment", "").contains("SECRET"), told.getOrDefault("environment", ""));
    }

    /** What confines a program may be told to end with the thread that started it; the next server is started by one that goes away. */
    @Test
    void aServerOutlivesTheThreadThatAskedForIt() throws Exception {
        var keeper = new FileServerKeeper(
                List.of(
                        "bwrap",
                        "--die-with-parent",
                        "--dev-bind",
                        "/",
                        "/",
                        ScriptedFileServer.command().getFirst(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ScriptedFileServer.class.getName()),
                folder.resolve("run"));
        try (keeper) {
            Thread asking = Thread.ofPlatform().start(() -> {
                try {
                    keeper.start(_ -> org.mockito.Mockito.mock(FileServerClient.Events.class));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            asking.join();
            FileServerProcess process = keeper.require().process();
            // It answers, now and after the thread is gone for good.
            for (int i = 0; i < 20; i++) {
                process.client().revoke("lease");
            }
            assertTrue(process.handle().isAlive());
            process.kill();
            assertFalse(process.handle().onExit().get(20, TimeUnit.SECONDS).isAlive());
        }
    }
}
