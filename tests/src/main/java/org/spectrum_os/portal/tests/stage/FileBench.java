// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.tests.desktop.Patience;

/** What {@link MeasureFiles} compares, and the files it does so with. */
final class FileBench {
    static final int DIOD_PORT = 5641;
    static final int VSOCK_PORT = 5642;

    private static final int BIG = 64 << 20;
    private static final int SMALL = 1_000;
    private static final int MANY = 10_000;
    private static final Duration START = Duration.ofSeconds(20);
    private static final Path LIBRARIES = Path.of("/usr/lib");

    private FileBench() {}

    /** Makes the files. */
    static void fill(Path folder) throws IOException, InterruptedException {
        var random = new Random(9);
        Files.createDirectories(folder.resolve("small"));
        Files.createDirectories(folder.resolve("many"));
        byte[] big = new byte[BIG];
        random.nextBytes(big);
        Files.write(folder.resolve("big"), big);
        byte[] small = new byte[4096];
        for (int i = 0; i < SMALL; i++) {
            random.nextBytes(small);
            Files.write(folder.resolve("small/f" + i), small);
        }
        for (int i = 0; i < MANY; i++) {
            Files.createFile(folder.resolve("many/f" + i));
        }
        String source = source();
        run(
                "tar",
                "-c",
                "-f",
                folder.resolve("tree.tar").toString(),
                "--exclude=__pycache__",
                "--exclude=*.so",
                // A link that leads out, which a lent folder does not take.
                "--exclude=sitecustomize.py",
                "-C",
                LIBRARIES.toString(),
                source);
        Path repository = Files.createDirectories(folder.resolve("repository"));
        run("tar", "-x", "-f", folder.resolve("tree.tar").toString(), "-C", repository.toString());
        run("git", "-C", repository.toString(), "init", "-q");
        run("git", "-C", repository.toString(), "add", "-A");
        run(
                "git",
                "-C",
                repository.toString(),
                "-c",
                "user.name=Ada",
                "-c",
                "user.email=ada@example.org",
                "commit",
                "-q",
                "-m",
                "all");
    }

    /** Python's own library, a source tree that every machine with Python has: the folder's name. */
    private static String source() throws IOException {
        try (var all = Files.newDirectoryStream(LIBRARIES, "python3.*")) {
            for (Path found : all) {
                if (Files.exists(found.resolve("os.py"))) {
                    return found.getFileName().toString();
                }
            }
        }
        throw new IOException("no Python library in " + LIBRARIES);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " ended with status " + process.exitValue());
        }
    }

    static Path ourSocket(Stage stage) {
        return stage.guestSocket(5220);
    }

    static Path diodSocket(Stage stage) {
        return stage.guestSocket(DIOD_PORT);
    }

    /** A server that ends with this. */
    record Server(Process process, List<String> devices) implements AutoCloseable {
        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    /** diod, listening for the guest and for the client without one. */
    static Server diod(Stage stage, Path folder) throws IOException {
        Path socket = diodSocket(stage);
        return start(
                stage,
                socket,
                List.of(),
                List.of(
                        "diod",
                        "--foreground",
                        "--no-auth",
                        "--no-userdb",
                        "--logdest",
                        "stderr",
                        "--export",
                        folder.toString(),
                        "--listen",
                        socket.toString()));
    }

    /** virtiofsd with its defaults, and the guest's device. */
    static Server virtiofsd(Stage stage, Path folder) throws IOException {
        Path socket = stage.folder().resolve("vm/virtiofs");
        Path rust = Path.of("/usr/libexec/virtiofsd");
        List<String> command = Files.exists(rust)
                ? List.of(rust.toString(), "--socket-path=" + socket, "--shared-dir=" + folder)
                : List.of("/usr/lib/qemu/virtiofsd", "--socket-path=" + socket, "-o", "source=" + folder);
        return start(
                stage,
                socket,
                List.of(
                        "-chardev",
                        "socket,id=virtiofs,path=" + socket,
                        "-device",
                        "vhost-user-fs-pci,chardev=virtiofs,tag=bench"),
                command);
    }

    private static Server start(Stage stage, Path socket, List<String> devices, List<String> command)
            throws IOException {
        Path log = stage.folder().resolve(Path.of(command.getFirst()).getFileName() + ".log");
        Process process = new ProcessBuilder(new ArrayList<>(command))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Patience.await(command.getFirst() + " to listen at " + socket, START, () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(command.getFirst() + " ended, see " + log);
            }
            return Files.exists(socket) ? Optional.of(true) : Optional.empty();
        });
        stage.own(socket);
        return new Server(process, devices);
    }
}
