// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The guest itself, before any of the portal is in it. */
@Tag("guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuestVmTest {
    private static final int PORT = 4711;
    private static final List<String> PROGRAM =
            List.of("-XX:+UseSerialGC", "-cp", "/opt/spectrum-portal/program.jar", GuestProgram.class.getName());
    private GuestImage image;
    private Path directory;
    private GuestVm vm;

    @BeforeAll
    void boot() throws Exception {
        image = GuestImage.locate(System.err::println);
        directory = newDirectory();
        Path content = directory.resolve("agent");
        Files.createDirectories(content.resolve("bin"));
        Files.writeString(content.resolve("bin/hello"), "hello from the disk\n");
        packProgram(content.resolve("program.jar"));
        GuestImage.makeAotCache(content, "program.aot", PROGRAM);
        Path disk = directory.resolve("agent.ext4");
        GuestImage.packAgentDisk(content, disk);
        vm = GuestVm.start(image, GuestSettings.in(directory).withAgentDisk(disk));
        System.err.printf(
                "guest ready %.1f s after start, %.1f s of its own uptime%n",
                vm.bootTime().toMillis() / 1000.0, vm.uptimeAtReady());
    }

    @AfterAll
    void end() throws IOException {
        if (vm != null) {
            vm.close();
            delete(directory);
        }
    }

    @Test
    void hasWhatTheAgentNeeds() throws Exception {
        assertTrue(vm.sh("uname -r").orThrow().text().matches("6\\..*"));
        vm.sh("test -c /dev/vsock && grep -qw 9p /proc/filesystems && test -c /dev/fuse")
                .orThrow();
        assertEquals("1000", vm.sh("id -u app").orThrow().text());
        assertEquals(
                "1000 /home/app /run/user/1000",
                vm.sh("as-app sh -c 'echo $(id -u) $HOME $XDG_RUNTIME_DIR'")
                        .orThrow()
                        .text());
        vm.sh("as-app test -w /run/user/1000 && as-app test -w /home/app").orThrow();
        assertFalse(vm.console().contains("GUEST-PROBLEM"), vm.console());
        vm.sh("java -XX:+UseSerialGC -version 2>&1 | grep -q '\"25'", Duration.ofSeconds(60))
                .orThrow();
    }

    @Test
    void seesTheAgentDiskReadOnlyAndOwnedByRoot() throws Exception {
        assertEquals(
                "hello from the disk",
                vm.sh("cat /opt/spectrum-portal/bin/hello").orThrow().text());
        assertEquals(
                "0",
                vm.sh("stat -c %u /opt/spectrum-portal/bin/hello").orThrow().text());
        assertTrue(vm.sh("touch /opt/spectrum-portal/x").errors().contains("Read-only"));
    }

    @Test
    void startsAProgramFromItsAotCache() throws Exception {
        // AOTMode=on: Java refuses to start if the cache does not fit this Java, this archive or this guest.
        String command =
                "java -XX:AOTMode=on -XX:AOTCache=/opt/spectrum-portal/program.aot " + String.join(" ", PROGRAM);
        assertEquals(
                "hello from Java 25",
                vm.sh(command, Duration.ofSeconds(60)).orThrow().text());
    }

    @Test
    void aProgramThatFailsLeavesNoAotCache() throws Exception {
        Path content = directory.resolve("agent");
        List<String> arguments = List.of("-cp", "/opt/spectrum-portal/program.jar", "no.such.Program");
        GuestException e =
                assertThrows(GuestException.class, () -> GuestImage.makeAotCache(content, "none.aot", arguments));
        assertTrue(String.valueOf(e.getMessage()).contains("no.such.Program"), e.getMessage());
        assertFalse(Files.exists(content.resolve("none.aot")));
    }

    @Test
    void reportsStatusOutputAndErrorsApart() throws Exception {
        assertEquals(new CommandResult(7, "out\n", "err\n"), vm.sh("echo out; echo err >&2; exit 7"));
        assertEquals(137, vm.sh("kill -KILL $$").status());
        assertThrows(GuestException.class, () -> vm.sh("false").orThrow());
    }

    @Test
    void returnsLongOutputWhole() throws Exception {
        CommandResult result = vm.sh("for i in {1..20000}; do printf 'line %05d\\n' $i; done; echo Ünïcode");
        StringBuilder expected = new StringBuilder();
        for (int i = 1; i <= 20000; i++) {
            expected.append("line %05d\n".formatted(i));
        }
        assertEquals(expected + "Ünïcode\n", result.output());
    }

    @Test
    void isNotConfusedByKernelMessagesInBetween() throws Exception {
        CommandResult result = vm.sh(
                "for i in {1..300}; do echo noise $i >/dev/kmsg; echo $i >/dev/console; echo $i; done | sha256sum");
        assertEquals(vm.sh("seq 300 | sha256sum").output(), result.output());
    }

    @Test
    void killsACommandWhoseTimeIsUp() throws Exception {
        assertEquals(124, vm.sh("sleep 4711", Duration.ofSeconds(1)).status());
        assertEquals(1, vm.sh("ps -C sleep -o args= | grep -w 4711").status());
    }

    @Test
    void runsCommandsSideBySide() throws Exception {
        vm.sh("mkfifo /run/guest/meet").orThrow();
        CompletableFuture<String> reader = new CompletableFuture<>();
        Thread first = Thread.ofVirtual().start(() -> {
            try {
                reader.complete(vm.sh("cat /run/guest/meet").orThrow().text());
            } catch (IOException | InterruptedException e) {
                reader.completeExceptionally(e);
            }
        });
        // Opening a fifo waits for its other end: this ends only if both run at once.
        vm.sh("echo met >/run/guest/meet").orThrow();
        assertEquals("met", reader.get(30, TimeUnit.SECONDS));
        first.join();
    }

    @Test
    void reachesTheHostByVsock() throws Exception {
        Path socket = vm.vsockSocket(PORT);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            vm.settings().user().own(socket);
            CompletableFuture<Integer> echoed = new CompletableFuture<>();
            Thread echo = Thread.ofVirtual().start(() -> {
                try (SocketChannel guest = server.accept()) {
                    echoed.complete(echo(guest, 100_000));
                } catch (IOException e) {
                    echoed.completeExceptionally(e);
                }
            });
            // 100 000 bytes: far beyond the 33 000 at which a wrongly set daemon stalls.
            String result = vm.sh("""
                            python3 - <<'END'
                            import socket
                            s = socket.socket(socket.AF_VSOCK); s.settimeout(20); s.connect((2, %d))
                            sent = bytes(range(250)) * 400
                            s.sendall(sent)
                            got = b''
                            while True:
                                part = s.recv(65536)
                                if not part: break
                                got += part
                            print(len(got), got == sent)
                            END
                            """.formatted(PORT)).orThrow().text();
            assertEquals("100000 True", result);
            assertEquals(100_000, echoed.get(10, TimeUnit.SECONDS));
            echo.join();
        }
    }

    @Test
    void isReachedByVsock() throws Exception {
        vm.sh("""
                cat >/run/guest/serve.py <<'END'
                import socket
                s = socket.socket(socket.AF_VSOCK); s.bind((socket.VMADDR_CID_ANY, 4712)); s.listen()
                open('/run/guest/listening', 'w').close()
                c, peer = s.accept()
                c.sendall(b'guest got ' + c.recv(100)); c.close()
                END
                python3 /run/guest/serve.py >/run/guest/serve.log 2>&1 &
                while ! test -e /run/guest/listening; do sleep 0.05; done
                """).orThrow();
        try (SocketChannel channel = vm.connect(4712)) {
            channel.write(ByteBuffer.wrap("a word".getBytes(StandardCharsets.UTF_8)));
            ByteBuffer answer = ByteBuffer.allocate(100);
            while (channel.read(answer) >= 0) {
                assertTrue(answer.hasRemaining());
            }
            assertEquals(
                    "guest got a word",
                    StandardCharsets.UTF_8.decode(answer.flip()).toString());
        }
        assertThrows(GuestException.class, () -> vm.connect(4799));
    }

    @Test
    void runsWithoutRootRights() throws Exception {
        for (ProcessHandle process : new ProcessHandle[] {vm.qemu(), vm.vsockDaemon()}) {
            String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
            assertTrue(status.contains("CapEff:\t0000000000000000"), status);
            assertEquals(vm.settings().user().uid(), Files.getAttribute(Path.of("/proc/" + process.pid()), "unix:uid"));
        }
    }

    /** Sends back as many bytes as the guest sends, then closes: the daemon knows no half-closed connections. */
    private static int echo(SocketChannel channel, int expected) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(65536);
        int total = 0;
        while (total < expected && channel.read(buffer.clear()) >= 0) {
            buffer.flip();
            total += buffer.remaining();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
        return total;
    }

    private static void packProgram(Path jar) throws IOException {
        String entry = GuestProgram.class.getName().replace('.', '/') + ".class";
        try (var source = GuestProgram.class.getClassLoader().getResourceAsStream(entry);
                JarOutputStream output = new JarOutputStream(Files.newOutputStream(jar))) {
            output.putNextEntry(new JarEntry(entry));
            Objects.requireNonNull(source, entry).transferTo(output);
        }
    }

    static Path newDirectory() throws IOException {
        // Short, for Unix sockets; passable, for the user the guest runs as.
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "guest-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        return directory;
    }

    static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
