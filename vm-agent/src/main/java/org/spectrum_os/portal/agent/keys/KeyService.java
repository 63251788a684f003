// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.transport.AddressInUseException;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * The command {@code keys}: finds or makes the two sockets and serves them. What the service manager listens on is taken, and then nothing
 * else is made.
 *
 * @param gpgSocket where gpg looks for its agent, or null to ask it
 * @param sshSocket the ssh-agent's socket, or null for the usual place
 * @param idleExit  leave after so long without a connection; zero stays
 */
public record KeyService(
        HostAddress host,
        @Nullable String gpgSocket,
        @Nullable String sshSocket,
        Duration idleExit) {

    /**
     * Serves until it is idle.
     *
     * @throws IOException if a socket cannot be had; the message says what to do
     */
    public void run() throws IOException, InterruptedException {
        int user = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        var sockets = new KeySockets(host, user, idleExit);
        Map<String, Integer> inherited;
        try {
            inherited =
                    InheritedSockets.of(System.getenv(), ProcessHandle.current().pid());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        try (Listener gpg = listener(inherited, KeySockets.Kind.GPG, user);
                Listener ssh = listener(inherited, KeySockets.Kind.SSH, user)) {
            if (gpg != null) {
                sockets.serve(KeySockets.Kind.GPG, gpg);
            }
            if (ssh != null) {
                sockets.serve(KeySockets.Kind.SSH, ssh);
            }
            sockets.awaitIdle();
            AgentLog.info("nothing was connected for " + idleExit.toSeconds() + " s; leaving");
        }
    }

    private @Nullable Listener listener(Map<String, Integer> inherited, KeySockets.Kind kind, int user)
            throws IOException {
        if (!inherited.isEmpty()) {
            Integer number = inherited.get(kind.word);
            return number == null ? null : Listener.adopted(number);
        }
        Path path = switch (kind) {
            case GPG -> gpgPath();
            case SSH -> sshPath(user);
        };
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null && !Files.exists(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        try {
            Listener listener = Listener.unix(path, SocketKind.STREAM, Listener.Identity.PROCESS);
            AgentLog.info("the host's keys are at " + path + " (" + kind.word + ")");
            return listener;
        } catch (AddressInUseException e) {
            throw new IOException(
                    e.getMessage()
                            + switch (kind) {
                                case GPG ->
                                    ". If that is this VM's own gpg-agent: put no-autostart into gpg's common.conf (before GnuPG 2.4: gpg.conf),"
                                            + " mask its units (systemctl --user mask gpg-agent.socket) and end it: gpgconf --kill gpg-agent";
                                case SSH -> ". Another place is given with --ssh-socket";
                            },
                    e);
        }
    }

    private Path gpgPath() throws IOException {
        if (gpgSocket != null) {
            return Path.of(gpgSocket);
        }
        try {
            return Path.of(new GnuPg(null).directory("agent-socket"));
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; or say where with --gpg-socket", e);
        }
    }

    private Path sshPath(int user) {
        if (sshSocket != null) {
            return Path.of(sshSocket);
        }
        return Path.of(System.getenv().getOrDefault("XDG_RUNTIME_DIR", "/run/user/" + user))
                .resolve("spectrum-portal/ssh-agent");
    }
}
