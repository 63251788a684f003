// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.agent.KeyHost.Mood;
import org.spectrum_os.portal.agent.KeyStage;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** The real gpg and ssh of a guest at the sockets of {@code spectrum-agent keys}, and a real gpg-agent and ssh-agent at the host. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KeySocketsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private KeyStage stage;
    private Path gpgSocket;
    private Path sshSocket;

    @BeforeAll
    void start() throws Exception {
        stage = new KeyStage();
        Files.writeString(stage.guestHome.resolve("gpg.conf"), "no-autostart\n");
        stage.run("spectrum-agent", "gpg", "sync").expect(0);
        stage.start("keys", "spectrum-agent", "keys");
        gpgSocket = stage.guestHome.resolve("S.gpg-agent");
        sshSocket = Path.of(stage.environment.get("XDG_RUNTIME_DIR")).resolve("spectrum-portal/ssh-agent");
        stage.awaitLog("keys", "(gpg)");
        stage.awaitLog("keys", "(ssh)");
    }

    @AfterAll
    void stop() throws Exception {
        stage.close();
    }

    @BeforeEach
    void fresh() {
        stage.host.mood = Mood.ALLOW;
        stage.host.asked.clear();
        stage.host.ended.clear();
    }

    private KeyStage.Result gpg(String input, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("gpg", "--batch"));
        command.addAll(List.of(words));
        return stage.run(Map.of(), stage.folder, input, command.toArray(String[]::new));
    }

    @Test
    void theSocketsAreTheUsersAlone() throws Exception {
        for (Path socket : List.of(gpgSocket, sshSocket)) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        }
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(sshSocket.resolveSibling("."))));
    }

    @Test
    void plainGpgSignsAndDecryptsWithKeysThatAreNotHere() throws Exception {
        try (var secrets = Files.list(Files.createDirectories(stage.guestHome.resolve("private-keys-v1.d")))) {
            assertEquals(0, secrets.count());
        }
        String signed = gpg("words\n", "--clear-sign").expect(0).out();
        assertInstanceOf(KeyMessage.GpgAgent.class, stage.host.nextAsk());
        assertTrue(gpg(signed, "--verify").expect(0).err().contains("Good signature"), signed);
        String secret = gpg("secret\n", "--armor", "--encrypt", "-r", stage.fingerprint)
                .expect(0)
                .out();
        assertEquals("secret\n", gpg(secret, "--decrypt").expect(0).out());
        assertTrue(gpg("", "-K").expect(0).out().contains(stage.fingerprint));
    }

    @Test
    void aDenialIsACleanFailure() throws Exception {
        String secret = gpg("secret\n", "--armor", "--encrypt", "-r", stage.fingerprint)
                .expect(0)
                .out();
        stage.host.mood = Mood.DENY;
        assertTrue(gpg("words\n", "--sign").expect(2).err().contains("signing failed: Operation cancelled"));
        assertTrue(gpg(secret, "--decrypt").expect(2).err().contains("Operation cancelled"));
        // And the host's mood is no matter of this program.
        stage.host.mood = Mood.ALLOW;
        gpg("words\n", "--sign").expect(0);
    }

    @Test
    void aRefusalIsSaid() throws Exception {
        for (Mood mood : List.of(Mood.REFUSE, Mood.HANG_UP)) {
            stage.host.mood = mood;
            KeyStage.Result refused = gpg("words\n", "--sign").expect(2);
            assertTrue(
                    refused.err().contains("No agent running") || refused.err().contains("agent"), refused.err());
            KeyStage.Result greeted = stage.run("gpg-connect-agent", "--no-autostart", "/bye");
            assertTrue(greeted.status() != 0 || greeted.err().contains("no gpg-agent"), greeted.toString());
            assertTrue(stage.log("keys").contains("gpg: "), stage.log("keys"));
            KeyStage.Result listed = list();
            assertTrue(listed.status() == 1 && listed.err().contains("agent refused operation"), listed.toString());
        }
        assertTrue(stage.log("keys").contains("the host refuses: the policy names no key"), stage.log("keys"));
        try (Connection raw = Connection.connectUnix(gpgSocket, SocketKind.STREAM)) {
            assertTrue(text(raw).startsWith("ERR 67108941 the host closed the connection"));
        }
    }

    private KeyStage.Result list() throws Exception {
        return stage.run(Map.of("SSH_AUTH_SOCK", sshSocket.toString()), stage.folder, "", "ssh-add", "-l");
    }

    private static String text(Connection from) throws Exception {
        var buffer = ByteBuffer.allocate(4096);
        while (from.read(buffer, SOON) >= 0 && buffer.hasRemaining()) {
            // Until its end.
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    @Test
    void sshFindsTheHostsKeys() throws Exception {
        assertTrue(list().expect(0).out().contains("(ED25519)"));
        assertInstanceOf(KeyMessage.SshAgent.class, stage.host.nextAsk());
        Path file = Files.writeString(stage.folder.resolve("to-sign"), "x");
        stage.run(
                        Map.of("SSH_AUTH_SOCK", sshSocket.toString()),
                        stage.folder,
                        "",
                        "ssh-keygen",
                        "-Y",
                        "sign",
                        "-n",
                        "file",
                        "-f",
                        stage.sshKey + ".pub",
                        file.toString())
                .expect(0);
        assertTrue(Files.readString(stage.folder.resolve("to-sign.sig")).contains("BEGIN SSH SIGNATURE"));
    }

    /** A program that is killed while the user is asked takes its question with it. */
    @Test
    void aProgramThatIsGoneEndsItsConnection() throws Exception {
        stage.host.mood = Mood.SILENT;
        Process waiting =
                stage.start("waiting-gpg", "gpg", "--batch", "--sign", "--output", "/dev/null", "/etc/hostname");
        assertInstanceOf(KeyMessage.GpgAgent.class, stage.host.nextAsk());
        assertTrue(waiting.isAlive());
        waiting.destroyForcibly().waitFor();
        stage.host.awaitEnd();
    }

    /** A client that says that it will ask no more is still answered. */
    @Test
    void aHalfClosedProgramIsAnswered() throws Exception {
        try (Connection client = Connection.connectUnix(gpgSocket, SocketKind.STREAM)) {
            client.write(ByteBuffer.wrap("GETINFO version\nBYE\n".getBytes(StandardCharsets.UTF_8)));
            client.finishWriting();
            String all = text(client);
            assertTrue(all.matches("(?s)OK .*\nD 2\\.[0-9.]+\nOK\nOK closing connection\n"), all);
        }
    }

    @Test
    void connectionsAreBounded() throws Exception {
        List<Connection> open = new ArrayList<>();
        try {
            for (int i = 0; i < KeySockets.MOST; i++) {
                Connection one = Connection.connectUnix(sshSocket, SocketKind.STREAM);
                open.add(one);
                assertInstanceOf(KeyMessage.SshAgent.class, stage.host.nextAsk());
            }
            try (Connection more = Connection.connectUnix(gpgSocket, SocketKind.STREAM)) {
                assertTrue(text(more).startsWith("ERR 67108941 64 connections"));
            }
        } finally {
            open.forEach(Connection::close);
        }
        for (int i = 0; i < KeySockets.MOST; i++) {
            stage.host.awaitEnd();
        }
    }

    @Test
    void nobodyElseIsHeard() throws Exception {
        int user = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        var sockets = new KeySockets(stage.host.address(), user + 1, Duration.ZERO);
        Path path = stage.folder.resolve("other");
        try (Listener listener = Listener.unix(path, SocketKind.STREAM, Listener.Identity.PROCESS)) {
            sockets.serve(KeySockets.Kind.GPG, listener);
            try (Connection client = Connection.connectUnix(path, SocketKind.STREAM)) {
                assertEquals("", text(client));
            }
        }
        assertTrue(stage.host.asked.isEmpty());
    }

    @Test
    void anAgentThatIsThereIsNamedAndLeftAlone() throws Exception {
        KeyStage.Result second = stage.run("spectrum-agent", "keys").expect(1);
        assertTrue(second.err().contains("gpgconf --kill gpg-agent"), second.err());
        assertTrue(second.err().contains("no-autostart"), second.err());
        gpg("words\n", "--sign").expect(0);
    }

    /** As systemd starts it: the sockets are there before it, and it leaves when it is of no use. */
    @Test
    void theServiceManagersSocketsAreServedAndLeftWhenIdle() throws Exception {
        Path script = Files.writeString(stage.folder.resolve("activate.py"), """
                import os, socket, sys
                for number, path in ((3, sys.argv[1]), (4, sys.argv[2])):
                    listening = socket.socket(socket.AF_UNIX)
                    listening.bind(path)
                    listening.listen(8)
                    os.dup2(listening.fileno(), number + 20)
                    listening.detach()
                os.dup2(23, 3)
                os.dup2(24, 4)
                os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="ssh:gpg")
                os.execvp(sys.argv[3], sys.argv[3:])
                """);
        Path ssh = stage.folder.resolve("a-ssh");
        Path gpg = stage.folder.resolve("a-gpg");
        Process served = stage.start(
                "activated",
                "python3",
                script.toString(),
                ssh.toString(),
                gpg.toString(),
                "spectrum-agent",
                "keys",
                "--idle-exit",
                "2");
        KeyStage.awaitFile(gpg);
        stage.run(Map.of("SSH_AUTH_SOCK", ssh.toString()), stage.folder, "", "ssh-add", "-l")
                .expect(0);
        stage.run("gpg-connect-agent", "-S", gpg.toString(), "GETINFO version", "/bye")
                .expect(0);
        assertTrue(served.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, served.exitValue(), stage.log("activated"));
        assertTrue(stage.log("activated").contains("nothing was connected for 2 s"), stage.log("activated"));
        assertTrue(Files.exists(gpg));
    }
}
