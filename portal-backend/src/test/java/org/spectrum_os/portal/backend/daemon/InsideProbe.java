// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileContent;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.FolderNode;
import org.spectrum_os.portal.transport.OpenFlags;
import org.spectrum_os.portal.transport.SocketKind;

/** Runs where the file server runs, tries what it must not be able to do, and tells how that went. */
final class InsideProbe {
    private InsideProbe() {}

    /** Arguments: the control socket, and a TCP port on which the host listens. */
    public static void main(String[] arguments) throws IOException {
        var told = new StringJoiner("\n");
        try (Connection control = Connection.connectUnix(Path.of(arguments[0]), SocketKind.SEQPACKET)) {
            Connection.Received given = control.receiveWithDescriptors(1024, 2, Duration.ZERO);
            Descriptor file = given.descriptors().get(0);
            Descriptor folder = given.descriptors().get(1);
            told.add("file: " + read(file));
            try (Descriptor beneath = FileNode.openBeneath(folder, "inside", OpenFlags.READ)) {
                told.add("beneath: " + read(beneath));
            }
            try (Descriptor made = FileNode.createFile(folder, "made")) {
                told.add("made: " + FileNode.status(made).isRegularFile());
            }
            FolderNode.unlink(folder, "made");
            told.add("root: " + list(Path.of("/")));
            told.add("run: " + list(Path.of("/run")));
            told.add("processes: " + processes());
            for (String path : List.of("/", "/program", "/run", System.getProperty("java.home"), "/lib")) {
                told.add("write " + path + ": " + write(Path.of(path)));
            }
            told.add("interfaces: "
                    + NetworkInterface.networkInterfaces()
                            .map(NetworkInterface::getName)
                            .toList());
            told.add("connect: " + connect(Integer.parseInt(arguments[1])));
            told.add("shell: " + start("/bin/sh"));
            told.add(
                    "environment: " + System.getenv().keySet().stream().sorted().toList());
            control.sendWithDescriptors(ByteBuffer.wrap(told.toString().getBytes(StandardCharsets.UTF_8)), List.of());
        }
    }

    private static String read(Descriptor file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            var memory = arena.allocate(64);
            int count = FileContent.read(file, memory, 0);
            return new String(
                    memory.asSlice(0, count).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    private static List<String> list(Path folder) throws IOException {
        try (var all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /** How many there are besides this one and what keeps the namespace. */
    private static long processes() throws IOException {
        return list(Path.of("/proc")).stream()
                        .filter(name -> name.chars().allMatch(Character::isDigit))
                        .count()
                - 2;
    }

    private static String write(Path folder) {
        try {
            Files.writeString(folder.resolve("probe"), "x");
            return "done";
        } catch (IOException e) {
            return "refused";
        }
    }

    private static String connect(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2000);
            return "done";
        } catch (IOException e) {
            return "refused";
        }
    }

    private static String start(String program) {
        try {
            return "process " + new ProcessBuilder(program).start().pid();
        } catch (IOException e) {
            return "refused";
        }
    }
}
