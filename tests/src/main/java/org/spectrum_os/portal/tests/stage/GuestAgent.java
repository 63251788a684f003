// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import org.spectrum_os.portal.tests.guest.CommandResult;
import org.spectrum_os.portal.tests.guest.GuestVm;

/** The agent and the applications inside a guest, installed as {@code vm-agent/src/main/guest} says. */
public final class GuestAgent {
    /**
     * How reading from a mount fails when the connection behind it has ended: Linux says where it noticed. EFAULT is what it says of a
     * request that was under way when the connection was closed in order.
     */
    static final Set<String> HOST_GONE = Set.of("EIO", "ECONNRESET", "ENOTCONN", "EREMOTEIO", "EPIPE", "EFAULT");

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String DISK = "/opt/spectrum-portal";

    private final GuestVm guest;

    /** The two ways to be a portal in a guest. */
    public enum Face {
        /** The agent is the portal. */
        FRONTEND,
        /** The agent is the backend of a stock xdg-desktop-portal. */
        BACKEND
    }

    public GuestAgent(GuestVm guest) {
        this.guest = guest;
    }

    /** The privileged step at boot. */
    public CommandResult mount() throws IOException, InterruptedException {
        return guest.sh(DISK + "/spectrum-agent mount", PATIENCE);
    }

    /** The same, by a program that stays to mount again when the host was away. */
    public void keepMounted() throws IOException, InterruptedException {
        guest.sh(DISK + "/spectrum-agent mount --stay >/run/guest/mount.log 2>&1 & disown", PATIENCE)
                .orThrow();
    }

    /** Waits until the guest's kernel has the files mounted: the host knows of the connection a moment before. */
    public void awaitMounted() throws IOException, InterruptedException {
        guest.sh(
                        "for i in $(seq 300); do grep -q ' /run/portal 9p ' /proc/mounts && exit; sleep 0.1; done;"
                                + " cat /run/guest/mount.log; exit 1",
                        PATIENCE)
                .orThrow();
    }

    /** What the program of {@link #keepMounted} has said. */
    public String mountLog() throws IOException, InterruptedException {
        return guest.sh("cat /run/guest/mount.log", PATIENCE).orThrow().text();
    }

    /** Installs one face and starts a session bus for the application's user, ending whatever ran before. */
    public void installFace(Face face) throws IOException, InterruptedException {
        endSession();
        String install = switch (face) {
            case FRONTEND -> """
                        install -D -m 644 $g/frontend/*.Desktop.service $s/org.freedesktop.portal.Desktop.service
                        """;
            case BACKEND -> """
                        install -D -m 644 $g/backend/*.service -t $s
                        install -D -m 644 $g/spectrum.portal -t /usr/share/xdg-desktop-portal/portals
                        install -D -m 644 $g/portals.conf /etc/xdg/xdg-desktop-portal/portals.conf
                        """;
        };
        guest.sh("""
                set -e
                g=%s/guest-files s=/home/app/.local/share/dbus-1/services
                ln -sf %s/spectrum-agent /usr/bin/spectrum-agent
                rm -rf $s
                %s
                chown -R app:app /home/app/.local
                as-app dbus-daemon --session --fork --print-pid --address=unix:path=/run/user/1000/bus >/run/guest/bus.pid
                """.formatted(DISK, DISK, install), PATIENCE).orThrow();
    }

    /** Ends the session bus, which the faces do not outlive. */
    public void endSession() throws IOException, InterruptedException {
        guest.sh("""
                [ ! -e /run/guest/bus.pid ] || kill "$(cat /run/guest/bus.pid)"
                rm -f /run/guest/bus.pid
                for i in $(seq 100); do pgrep -u app >/dev/null || exit 0; sleep 0.1; done
                echo "these outlive the session bus:"; ps -u app -o pid,args; exit 1
                """, PATIENCE).orThrow();
    }

    /** Runs a command as the application's user, with the session bus. */
    public CommandResult asApp(String command, Duration patience) throws IOException, InterruptedException {
        return guest.sh("as-app env DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus " + command, patience);
    }

    /** Holds a file open as the application's user and reads it until that fails; says how the error is called. */
    public String readUntilItFails(String path, Duration patience) throws IOException, InterruptedException {
        return guest.sh("""
                        as-app python3 - '%s' <<'END'
                        import errno, os, sys, time
                        file = os.open(sys.argv[1], os.O_RDONLY)
                        try:
                            while True:
                                os.pread(file, 1, 0)
                                time.sleep(0.1)
                        except OSError as e:
                            print(errno.errorcode[e.errno])
                        END
                        """.formatted(path.replace("'", "'\\''")), patience)
                .orThrow()
                .text()
                .strip();
    }

    /** The SHA-256 of a file, read as the application's user. */
    public String sha256(String path) throws IOException, InterruptedException {
        String printed = guest.sh("as-app sha256sum <'" + path.replace("'", "'\\''") + "'", PATIENCE)
                .orThrow()
                .text();
        return printed.substring(0, printed.indexOf(' '));
    }

    /** Starts the application that asks for files to read; the result comes when it ends. */
    public CompletableFuture<AppReport> openFile(String... arguments) {
        return start("open-file", arguments);
    }

    /** Starts the application that asks for files and folders to write to; the result comes when it ends. */
    public CompletableFuture<AppReport> writeFiles(String... arguments) {
        return start("write-files", arguments);
    }

    private CompletableFuture<AppReport> start(String program, String... arguments) {
        String command = DISK + "/apps/" + program + " " + String.join(" ", quoted(List.of(arguments)));
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return AppReport.of(asApp(command, PATIENCE));
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new CompletionException(e);
                    }
                },
                Executors.newVirtualThreadPerTaskExecutor());
    }

    private static List<String> quoted(List<String> words) {
        return words.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .toList();
    }
}
