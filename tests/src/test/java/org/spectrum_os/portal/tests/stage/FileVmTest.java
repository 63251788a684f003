// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.tests.desktop.DesktopException;
import org.spectrum_os.portal.tests.desktop.Patience;
import org.spectrum_os.portal.tests.guest.CommandResult;
import org.spectrum_os.portal.tests.guest.GuestVm;

/** Two guests: one owns a disk and serves it, the other sees what the policy says, through the host, which sees neither. */
@Tag("guest")
class FileVmTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String DISK = "disk";
    private static final String FOLDER = "vm2";
    private static final String PHOTOS = "/run/portal/2024/2024/";
    private static final String NOTES = "/run/portal/notes/notes.txt";

    private static Path policy(Stage stage) throws Exception {
        // The doors of a VM are in its folder.
        stage.own(Files.createDirectories(stage.folder().resolve(FOLDER)));
        return stage.write("""
                {"version": 1, "phrase": "%s", "instances": {
                  "%s": {"colour": "#26a269", "link": {"unix": "%s"}, "rules": {}, "serves-files": true},
                  "%s": {"colour": "#1a5fb4", "link": {"unix": "%s"}, "rules": {"file": "deny"}, "files": [
                    {"vm": "disk", "path": "photos/2024", "access": "write"},
                    {"vm": "disk", "path": "notes.txt", "access": "write"}]}
                }}
                """.formatted(
                        Stage.PHRASE,
                        DISK,
                        stage.folder().resolve(FOLDER + "/vm.vsock"),
                        Stage.INSTANCE,
                        stage.folder().resolve("vm/vm.vsock")));
    }

    /** A guest with a disk of its own, in memory, and the file server on it. */
    private static GuestVm startDisk(Stage stage) {
        try {
            GuestVm disk = stage.startAnother(FOLDER, 4, line -> System.err.println("guest: " + line));
            disk.sh("""
                            set -e
                            mkdir -p /srv/data && mount -t tmpfs -o size=64m tmpfs /srv/data
                            mkdir -p /srv/data/photos/2024 /srv/data/photos/2023
                            echo picture >/srv/data/photos/2024/a.jpg
                            echo older >/srv/data/photos/2023/b.jpg
                            echo secret >/srv/data/secret.txt
                            echo first >/srv/data/notes.txt && chmod 640 /srv/data/notes.txt
                            ln -s ../../secret.txt /srv/data/photos/2024/link
                            chown -R app:app /srv/data
                            as-app java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx64m \\
                                --enable-native-access=org.spectrum_os.portal.protocol \\
                                --module-path /opt/spectrum-portal/build/programs/file-server \\
                                --module org.spectrum_os.portal.files/org.spectrum_os.portal.files.FileServerMain \\
                                --serve-vsock 5221 --root /srv/data >/run/guest/server.log 2>&1 & disown
                            """, PATIENCE).orThrow();
            return disk;
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private static String app(GuestVm guest, String script) throws Exception {
        return guest.sh("as-app bash -eu <<'SCRIPT'\n" + script + "\nSCRIPT", PATIENCE)
                .orThrow()
                .text()
                .strip();
    }

    /** The file server's start takes a while under emulation. */
    private static void awaitServing(Stage stage, GuestAgent agent, GuestVm disk, int time) throws Exception {
        try {
            Patience.await("the disk to serve, time " + time, PATIENCE, () -> {
                int seen = stage.backend().log().split("disk serves its files", -1).length - 1;
                return seen >= time ? Optional.of(true) : Optional.empty();
            });
            stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
            agent.awaitMounted();
        } catch (DesktopException e) {
            throw new AssertionError(
                    "the backend: " + stage.backend().log() + "\nthe agent: " + agent.mountLog() + "\nthe file server: "
                            + disk.sh("cat /run/guest/server.log", PATIENCE).text(),
                    e);
        }
    }

    @Test
    void oneGuestServesItsDiskToAnother() throws Exception {
        try (var stage = new Stage()) {
            Path nothing = Files.writeString(stage.documents().resolve("nothing.txt"), "x");
            stage.own(nothing);
            stage.startBackend(policy(stage), stage.scriptedWindow("lend", nothing.toString()));
            CompletableFuture<GuestVm> starting = CompletableFuture.supplyAsync(() -> startDisk(stage));
            try {
                GuestVm mail = stage.startGuest(line -> System.err.println("guest: " + line), false);
                var agent = new GuestAgent(mail);
                agent.keepMounted();
                GuestVm disk = starting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                awaitServing(stage, agent, disk, 1);
                theOtherSeesWhatThePolicySays(stage, mail, disk);

                CompletableFuture<String> holding = CompletableFuture.supplyAsync(() -> {
                    try {
                        return agent.readUntilItFails(PHOTOS + "a.jpg", PATIENCE);
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                });
                mail.sh(
                                "for i in $(seq 300); do ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q ' -> " + PHOTOS
                                        + "a.jpg$' && exit 0; sleep 0.1; done; exit 1",
                                PATIENCE)
                        .orThrow();
                boolean _ = disk.qemu().destroyForcibly();
                String error = holding.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertTrue(error.equals("ESTALE") || GuestAgent.HOST_GONE.contains(error), error);
                stage.backend().awaitLog("disk serves no files any more");
                assertEquals(0, stage.backend().json("leases").size());
                disk.close();

                starting = CompletableFuture.completedFuture(startDisk(stage));
                awaitServing(stage, agent, starting.get(), 2);
                Patience.await("the photo to be there again; " + agent.mountLog(), PATIENCE, () -> {
                    try {
                        CommandResult read = mail.sh("cat " + PHOTOS + "a.jpg", PATIENCE);
                        return read.text().strip().equals("picture") ? Optional.of(true) : Optional.empty();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
            } finally {
                starting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).close();
            }
        }
    }

    private static void theOtherSeesWhatThePolicySays(Stage stage, GuestVm mail, GuestVm disk) throws Exception {
        String server = disk.sh("cat /run/guest/server.log", PATIENCE).text();
        Patience.await("both leases; the VM says:\n" + server, PATIENCE, () -> {
            try {
                return stage.backend().json("leases").size() == 2 ? Optional.of(true) : Optional.empty();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        var resources = new TreeSet<String>();
        for (JsonNode lease : stage.backend().json("leases")) {
            resources.add(
                    lease.get("instance").asText() + " " + lease.get("resource").asText());
        }
        assertEquals(new TreeSet<>(List.of("mail disk:notes.txt", "mail disk:photos/2024")), resources);

        assertEquals("2024\nnotes", app(mail, "ls -A /run/portal"));
        // Neither the VM's other files, nor a link that leads out.
        assertEquals("a.jpg", app(mail, "ls -A " + PHOTOS));
        assertEquals("picture", app(mail, "cat " + PHOTOS + "a.jpg"));
        for (String hidden : new String[] {
            "/run/portal/secret.txt",
            PHOTOS + "link",
            PHOTOS + "../../secret.txt",
            PHOTOS + "../2023/b.jpg",
            "/run/portal/2023"
        }) {
            assertFalse(mail.sh("cat " + hidden + " 2>/dev/null", PATIENCE).status() == 0, hidden);
        }

        app(mail, """
                cd %s
                mkdir trip && echo hello >new && mv new trip/renamed
                dd if=/dev/zero bs=64k count=64 2>/dev/null | tr '\\0' x >trip/large
                sed -i s/first/second/ %s""".formatted(PHOTOS, NOTES));
        assertEquals("hello\nsecond\n4194304\n640 app", app(disk, """
                cat /srv/data/photos/2024/trip/renamed /srv/data/notes.txt
                tr -d -c x </srv/data/photos/2024/trip/large | wc -c
                stat -c '%a %U' /srv/data/notes.txt"""));
        assertEquals("notes.txt\nphotos\nsecret.txt", app(disk, "ls -A /srv/data"));

        assertEquals(0, stage.backend().command("revoke", "notes").status());
        assertFalse(mail.sh("cat " + NOTES + " 2>/dev/null", PATIENCE).status() == 0);
        assertEquals("picture", app(mail, "cat " + PHOTOS + "a.jpg"));
    }
}
