// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.files.ninep.Bench.assertErrno;
import static org.spectrum_os.portal.files.ninep.NinepClient.bytes;
import static org.spectrum_os.portal.files.ninep.NinepClient.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.lent.Access;

/** Single files that may be changed, with what editors do beside them. */
@Timeout(60)
class FolderTest {
    @TempDir
    Path temporary;

    private final Bench bench = new Bench();
    private Path folder = Path.of("/");
    private Path report = Path.of("/");
    private long before;

    @BeforeEach
    void lend() throws Exception {
        folder = temporary.toRealPath();
        report = Files.writeString(folder.resolve("report"), "old");
        Files.setPosixFilePermissions(report, PosixFilePermissions.fromString("rw-r-----"));
        Files.writeString(folder.resolve("sibling"), "secret");
        before = Bench.openDescriptors();
        bench.lend("work", "a1", Access.WRITE, report, Files.writeString(folder.resolve("second"), "2"));
    }

    @AfterEach
    void nothingStaysOpen() throws Exception {
        bench.server.revoke("a1");
        Bench.await("every descriptor is closed", () -> Bench.openDescriptors() <= before);
        bench.close();
    }

    private static String content(NinepClient guest, String name) throws IOException {
        return text(guest.content("a1", name));
    }

    private void expectInstalled(String name) throws Exception {
        String event;
        do {
            event = bench.events.poll(20, java.util.concurrent.TimeUnit.SECONDS);
        } while (event != null && event.startsWith("used"));
        assertEquals("installed a1 " + name, event);
    }

    @Test
    void aFileIsReplacedByRenamingOverIt() throws Exception {
        Object inode = Files.getAttribute(report, "unix:ino");
        try (var guest = bench.mount("work");
                var other = bench.mount("work")) {
            other.open(1, "a1", "report");
            guest.stageIn("a1", 5, ".report.tmp", bytes("new content"));
            assertEquals(List.of("report", "second", ".report.tmp"), guest.names("a1"));
            assertErrno(2, () -> content(guest, "sibling"));
            guest.renameIn("a1", ".report.tmp", "report");
            expectInstalled("report");
            assertEquals("new content", Files.readString(report));
            assertTrue(!inode.equals(Files.getAttribute(report, "unix:ino")));
            assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(report)));
            assertEquals("new content", content(other, "report"));
            // Who has the old one open goes on with it.
            assertEquals("old", text(other.readAll(1)));
            assertEquals(List.of("report", "second"), guest.names("a1"));
            // And what is written now is the host's file.
            guest.walk(0, 6, "a1", "report");
            guest.open(6, 01001);
            guest.write(6, 0, bytes("in place"));
            assertEquals("in place", Files.readString(report));
        }
        try (var left = Files.list(folder)) {
            assertEquals(3, left.count());
        }
    }

    @Test
    void aBackupIsRenamedAndTheFileMadeAnew() throws Exception {
        try (var guest = bench.mount("work")) {
            guest.renameIn("a1", "report", "report~");
            assertEquals(List.of("second", "report~"), guest.names("a1"));
            assertErrno(2, () -> content(guest, "report"));
            assertEquals("old", content(guest, "report~"));
            assertEquals("old", Files.readString(report));
            guest.walk(0, 5, "a1");
            guest.create(5, "report", 2, 0644);
            guest.write(5, 0, bytes("half"));
            assertEquals("old", Files.readString(report));
            guest.synchronise(5);
            expectInstalled("report");
            assertEquals("half", Files.readString(report));
            guest.write(5, 4, bytes("+"));
            assertEquals("half+", Files.readString(report));
            guest.clunk(5);
            assertEquals("old", content(guest, "report~"));
            // What the host has no name for any more cannot take a place: the guest copies.
            assertErrno(18, () -> guest.renameIn("a1", "report~", "report"));
            guest.walk(0, 6, "a1");
            guest.unlink(6, "report~", 0);
            assertEquals(List.of("second", "report"), guest.names("a1"));
        }
    }

    @Test
    void whatTheHostReplacedIsReadButNotWrittenToInVain() throws Exception {
        try (var guest = bench.mount("work")) {
            guest.open(1, "a1", "report");
            Path fresh = Files.writeString(folder.resolve("fresh"), "the host's");
            Files.move(fresh, report, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            guest.walk(0, 5, "a1", "report");
            assertErrno(116, () -> guest.open(5, 2));
            assertErrno(116, () -> guest.open(5, 01000));
            assertErrno(116, () -> guest.setAttributes(5, 8, 0, 0));
            assertEquals("old", content(guest, "report"));
            assertEquals("old", text(guest.readAll(1)));
        }
        assertEquals("the host's", Files.readString(report));
    }

    @Test
    void aSaveThatTookPlaceThoughItFailedLeavesNothingToWriteToInVain() throws Exception {
        try (var guest = bench.mount("work")) {
            guest.stageIn("a1", 5, "tmp", bytes("saved"));
            bench.installsFailLate = true;
            assertErrno(5, () -> guest.renameIn("a1", "tmp", "report"));
            bench.installsFailLate = false;
            assertEquals("saved", Files.readString(report));
            // What an editor does next: write in place.
            guest.walk(0, 6, "a1", "report");
            assertErrno(116, () -> guest.open(6, 01001));
            guest.stageIn("a1", 7, "again", bytes("and again"));
            guest.renameIn("a1", "again", "report");
            assertEquals("and again", Files.readString(report));
            guest.walk(0, 8, "a1", "report");
            guest.open(8, 01001);
        }
    }

    @Test
    void aBackupThatTheHostHasNoNameForCanStillBeWritten() throws Exception {
        try (var guest = bench.mount("work")) {
            guest.renameIn("a1", "report", "report~");
            guest.stageIn("a1", 5, "report", bytes("new"));
            guest.walk(0, 6, "a1", "report~");
            guest.open(6, 2);
            guest.write(6, 0, bytes("own"));
            assertEquals("own", content(guest, "report~"));
        }
        assertEquals("new", Files.readString(report));
    }

    @Test
    void aBackupCanBeRenamedBack() throws Exception {
        try (var guest = bench.mount("work")) {
            guest.renameIn("a1", "report", "report~");
            guest.renameIn("a1", "report~", "report");
            assertEquals("old", content(guest, "report"));
            assertErrno(18, () -> guest.renameIn("a1", "report", "second"));
        }
        assertEquals("old", Files.readString(report));
        assertTrue(bench.events.stream().noneMatch(event -> event.startsWith("installed")));
    }

    @Test
    void aFileMadeAnewIsInstalledWhenItIsClosedButNotWhenItsGuestVanishes() throws Exception {
        try (var guest = bench.mount("work")) {
            guest.walk(0, 6, "a1");
            guest.unlink(6, "report", 0);
            assertEquals(List.of("second"), guest.names("a1"));
            assertEquals("old", Files.readString(report));
            guest.stageIn("a1", 5, "report", bytes("by close"));
            expectInstalled("report");
            assertEquals("by close", Files.readString(report));
            guest.unlink(6, "report", 0);
            guest.walk(0, 7, "a1");
            guest.create(7, "report", 1, 0644);
            guest.write(7, 0, bytes("unfinished"));
        }
        bench.expectEvent("gone work 0");
        assertEquals("by close", Files.readString(report));
    }

    @Test
    void onlyFilesAndOnlySoManyAreStaged() throws Exception {
        try (var guest = bench.mount("work")) {
            guest.walk(0, 1, "a1");
            assertErrno(1, () -> guest.makeDirectory(1, "d", 0755));
            assertErrno(1, () -> guest.makeLink(1, "l", "report"));
            assertErrno(1, () -> guest.unlink(1, "report", 0x200));
            assertErrno(17, () -> guest.createIn(1, 5, "report", 1, 0644));
            assertErrno(2, () -> guest.unlink(1, "sibling", 0));
            assertErrno(2, () -> guest.rename(1, "none", 1, "report"));
            for (String bad : List.of("..", ".", "", "a/b")) {
                assertErrno(22, () -> guest.createIn(1, 5, bad, 1, 0644));
                assertErrno(22, () -> guest.rename(1, "report", 1, bad));
            }
            for (int i = 0; i < LeaseFolder.STAGED; i++) {
                guest.stageIn("a1", 5, "t" + i, new byte[1]);
            }
            assertErrno(24, () -> guest.createIn(1, 5, "more", 1, 0644));
            assertErrno(24, () -> guest.rename(1, "report", 1, "more"));
            guest.rename(1, "t0", 1, "t1");
            guest.stageIn("a1", 5, "more", new byte[2]);
            assertEquals(2, guest.content("a1", "more").length);
        }
        try (var left = Files.list(folder)) {
            assertEquals(3, left.count());
        }
    }

    @Test
    void eachOpeningHasItsOwnLocksAndPosition() throws Exception {
        try (var guest = bench.mount("work")) {
            for (int fid : List.of(1, 2)) {
                guest.walk(0, fid, "a1", "report");
                guest.open(fid, 2);
            }
            assertEquals(0, guest.lock(1, 1, 0, 0));
            assertEquals(1, guest.lock(2, 1, 0, 0));
            guest.clunk(1);
            assertEquals(0, guest.lock(2, 1, 0, 0));
            guest.setAttributes(2, 9, 0600, 1);
            assertEquals("o", Files.readString(report));
        }
    }
}
