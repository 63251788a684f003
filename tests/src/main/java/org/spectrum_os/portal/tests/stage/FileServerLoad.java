// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.spectrum_os.portal.files.control.FileServerClient;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.Entry;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.tests.desktop.Patience;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** What many instances of one server cost each other, and the machine. */
final class FileServerLoad {
    private static final int INSTANCES = 1000;
    private static final int LEASES = 10;
    private static final int LEAST_ANSWER = 7;
    private static final int REFUSED = 7;

    private final Path client;
    private final Narrator narrator;
    private final int rounds;
    private final int seconds;

    /** {@code client} is the compiled client of {@code tests/file-bench}. */
    FileServerLoad(Path client, Narrator narrator, int rounds, int seconds) {
        this.client = client;
        this.narrator = narrator;
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /** Runs the client once. */
    static JsonNode client(
            Path client, Path socket, String tree, String inside, String operation, int files, int depth, int seconds)
            throws IOException, InterruptedException {
        return finish(start(client, socket, tree, inside, operation, files, depth, seconds));
    }

    private static Process start(
            Path client, Path socket, String tree, String inside, String operation, int files, int depth, int seconds)
            throws IOException {
        return new ProcessBuilder(
                        client.toString(),
                        socket.toString(),
                        tree,
                        inside,
                        operation,
                        Integer.toString(files),
                        Integer.toString(depth),
                        Integer.toString(seconds))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static JsonNode finish(Process run) throws IOException, InterruptedException {
        String out = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (run.waitFor() != 0) {
            throw new IOException("the client of tests/file-bench failed");
        }
        return new JsonMapper().readTree(out);
    }

    /**
     * What small files cost one instance while another reads a large one, as fast as it can: that takes the better part of two processors,
     * so the same beside two programs that only compute tells what of it is the machine's.
     */
    String beside(Stage stage, Path folder, Path streamed) throws IOException, InterruptedException {
        var table = new StringBuilder("""
                | 99th percentile of open, read and close, 1 in flight, µs | alone | while two programs compute | while another instance streams | streams/alone | streams/compute |
                |---|--:|--:|--:|--:|--:|
                """);
        for (String who : List.of("diod", "ours")) {
            boolean ours = who.equals("ours");
            Path socket = ours ? FileBench.ourSocket(stage) : FileBench.diodSocket(stage);
            Path other = ours ? stage.otherSocket(5220) : socket;
            var all = new Series();
            for (int round = 0; round < rounds; round++) {
                narrator.step("small files beside a stream, " + who + ", round " + (round + 1));
                String tree = ours ? "/" : folder.toString();
                String small = ours ? "bench/bench/small" : "small";
                all.add("alone", percentile(client(client, socket, tree, small, "small", 1000, 1, seconds)));
                all.add(
                        "computing",
                        computing(() -> percentile(client(client, socket, tree, small, "small", 1000, 1, seconds))));
                Process stream = start(
                        client,
                        other,
                        ours ? "/" : folder.toString(),
                        ours ? "stream/" + streamed.getFileName() : ".",
                        "read",
                        1,
                        8,
                        seconds + 1);
                all.add("beside", percentile(client(client, socket, tree, small, "small", 1000, 1, seconds)));
                finish(stream);
            }
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f | %.0f | %.2f | %.2f |%n",
                    who,
                    all.median("alone"),
                    all.median("computing"),
                    all.median("beside"),
                    all.median("beside") / all.median("alone"),
                    all.median("beside") / all.median("computing")));
        }
        return table.append('\n').toString();
    }

    @FunctionalInterface
    private interface Measured {
        double run() throws IOException, InterruptedException;
    }

    private static double computing(Measured measured) throws IOException, InterruptedException {
        var busy = new ArrayList<Process>();
        try {
            for (int i = 0; i < 2; i++) {
                // Ends by itself should nobody be left to end it.
                busy.add(new ProcessBuilder("timeout", "60", "sh", "-c", "while :; do :; done").start());
            }
            return measured.run();
        } finally {
            for (Process each : busy) {
                each.destroy();
                each.waitFor();
            }
        }
    }

    private static double percentile(JsonNode figures) {
        return figures.get("p99_us").asDouble();
    }

    /** A server as the backend starts it, with many instances that each have leases and a connection, and have read a file. */
    static String manyInstances(Stage stage, Path folder) throws IOException, InterruptedException {
        Path socket = stage.folder().resolve("many");
        var held = new ArrayList<Connection>();
        try (var listener = Listener.unix(socket, SocketKind.SEQPACKET, Listener.Identity.PROCESS)) {
            Process launcher = new ProcessBuilder(
                            stage.programs()
                                    .root()
                                    .resolve("bin/spectrum-file-server")
                                    .toString(),
                            "--control",
                            socket.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(stage.folder().resolve("many.log").toFile())
                    .start();
            try (var backend = new FileServerClient(listener.accept(), new Silent())) {
                for (int i = 0; i < INSTANCES; i++) {
                    held.add(instance(backend, "many" + i, folder));
                }
                ProcessHandle server =
                        Patience.await("the file server", Duration.ofSeconds(5), () -> java(launcher.toHandle()));
                return String.format(
                        Locale.ROOT,
                        "RSS of a server with %d instances, each with %d leases, a connection, and a file read: %d MB.%n%n",
                        INSTANCES,
                        LEASES,
                        BackendProcess.residentKilobytes(server.pid()) / 1024);
            } finally {
                held.forEach(Connection::close);
                launcher.waitFor();
            }
        }
    }

    /** The process itself or one beneath it that is Java, and not what confines it. */
    private static Optional<ProcessHandle> java(ProcessHandle launcher) {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(launcher), launcher.descendants())
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .findFirst();
    }

    private static Connection instance(FileServerClient backend, String name, Path folder) throws IOException {
        for (int lease = 0; lease < LEASES; lease++) {
            try (Descriptor lent = FileNode.openFolder(folder)) {
                backend.lend(
                        name,
                        name + "-" + lease,
                        Access.WRITE,
                        List.of(new Entry("bench", Entry.Kind.DIRECTORY)),
                        List.of(lent));
            }
        }
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Descriptor served = ends.first().release()) {
            backend.serve(name, new GuestUser(1000, 1000), served);
        }
        Connection guest = ends.second();
        call(guest, 100, 0xffff, 524_312, "9P2000.L");
        call(guest, 104, 1, 0, -1, "user", "", 0);
        call(guest, 110, 1, 0, 1, (short) 4, name + "-0", "bench", "small", "f1");
        call(guest, 12, 1, 1, 0);
        call(guest, 116, 1, 1, 0L, 4096);
        return guest;
    }

    /** Sends one request of these fields and takes its answer. */
    private static void call(Connection guest, int type, int tag, Object... fields) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(0).put((byte) type).putShort((short) tag);
        for (Object field : fields) {
            switch (field) {
                case Integer number -> message.putInt(number);
                case Long number -> message.putLong(number);
                case Short number -> message.putShort(number);
                case String text ->
                    message.putShort((short) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
                default -> throw new IllegalArgumentException(field.toString());
            }
        }
        guest.write(message.putInt(0, message.position()).flip());
        ByteBuffer answer = message.clear();
        while (answer.position() < LEAST_ANSWER || answer.position() < answer.getInt(0)) {
            if (guest.read(answer, Duration.ofSeconds(10)) < 0) {
                throw new IOException("the file server closed a connection");
            }
        }
        if (answer.get(4) == REFUSED) {
            throw new IOException("the file server refused message " + type + " with errno " + answer.getInt(7));
        }
    }

    /** The backend's part that is not asked for here. */
    private static final class Silent implements FileServerClient.Events {
        @Override
        public void guestGone(String instance, int connectionsLeft) {}

        @Override
        public void used(String lease) {}

        @Override
        public void stopped() {}

        @Override
        public Descriptor stage(String lease) throws IOException {
            throw new IOException("nothing is staged here");
        }

        @Override
        public void install(String lease, String name, Descriptor staged) throws IOException {
            throw new IOException("nothing is installed here");
        }
    }
}
