// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.file.OpenedEntries;
import org.spectrum_os.portal.backend.file.SavePlaces;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.HostEntry;
import org.spectrum_os.portal.backend.lease.ResourceGoneException;
import org.spectrum_os.portal.backend.policy.Colour;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.backend.policy.Rule;
import org.spectrum_os.portal.files.control.FileServerRefusedException;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.SocketKind;

/** The backend's side of a file server that refuses, or does not answer. */
class LentFilesTest {
    private static final Instance MAIL =
            new Instance("mail", new Colour("#3584e4"), new LinkAddress.Vsock(3), Rule.ASK);

    @TempDir
    Path folder;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private LentFiles lentFiles(String... script) throws IOException {
        AuditBook audit = AuditBook.open(folder.resolve("state"), java.time.InstantSource.system());
        open.add(audit);
        var saves = new SavePlaces((_, _) -> true, audit);
        var files = new LentFiles(ScriptedFileServer.command(script), folder.resolve("run"), saves);
        open.add(files);
        files.start(new LentFiles.Consequences() {
            @Override
            public void instanceStopped(String instance) {
                events.add("stopped " + instance);
            }

            @Override
            public void leaseUsed(String lease) {
                events.add("used " + lease);
            }

            @Override
            public void leaseReplaced(String lease) {
                events.add("replaced " + lease);
            }

            @Override
            public void allLost() {
                events.add("all lost");
            }

            @Override
            public void serverBack() {
                events.add("back");
            }
        });
        return files;
    }

    private void mount(LentFiles files) throws IOException {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        open.add(ends.second());
        files.serve(MAIL, ends.first());
    }

    private static Lease lease(HostEntries file) {
        return new Lease(
                "abcdefgh", "mail", file.toResource(), Access.READ.words(), "", Instant.EPOCH, new End.Never(), 0);
    }

    private void lend(LentFiles files) throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "content").toRealPath();
        HostEntries what = seen(file);
        try (OpenedEntries opened = OpenedEntries.of(what, Access.READ)) {
            files.lend(lease(what), opened);
        }
    }

    private static HostEntries seen(Path file) throws IOException {
        try (var descriptor = FileNode.openForReading(file)) {
            var status = FileNode.status(descriptor);
            return HostEntries.of(file, HostEntry.Kind.FILE, new HostEntry.Node(status.device(), status.inode()));
        }
    }

    @Test
    void aMountThatTheServerRefusesIsNone() throws Exception {
        LentFiles files = lentFiles("serve=failed");
        assertThrows(FileServerRefusedException.class, () -> mount(files));
        assertFalse(files.isMounted("mail"));
    }

    @Test
    void aRefusedMountDoesNotHideAnother() throws Exception {
        LentFiles files = lentFiles("serve=done,failed");
        mount(files);
        assertThrows(FileServerRefusedException.class, () -> mount(files));
        assertTrue(files.isMounted("mail"));
        lend(files);
    }

    @Test
    void whoeverIsRefusedBesideAMountIsTold() throws Exception {
        LentFiles files = lentFiles("serve=done,failed");
        mount(files);
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        open.add(ends.second());
        assertThrows(FileServerRefusedException.class, () -> files.serve(MAIL, ends.first()));
        // The caller's to close, and nobody else keeps it open.
        assertFalse(ends.first().isClosed());
        ends.first().release().close();
        assertEquals(-1, ends.second().read(java.nio.ByteBuffer.allocate(1), java.time.Duration.ofSeconds(20)));
        assertTrue(files.isMounted("mail"));
    }

    @Test
    void nothingIsLentToAGuestWithoutAMount() throws Exception {
        LentFiles files = lentFiles();
        assertThrows(IOException.class, () -> lend(files));
        mount(files);
        lend(files);
    }

    @Test
    void whatLastsIsLentBeforeTheGuestMounts() throws Exception {
        LentFiles files = lentFiles();
        Path file = Files.writeString(folder.resolve("a"), "content").toRealPath();
        HostEntries seen = seen(file);
        files.restore(lease(seen));
        assertFalse(files.isMounted("mail"));
        Files.move(file, folder.resolve("kept"));
        assertThrows(ResourceGoneException.class, () -> files.restore(lease(seen)));
        Files.writeString(file, "another");
        assertThrows(ResourceGoneException.class, () -> files.restore(lease(seen)));
        Files.delete(file);
        Files.createSymbolicLink(file, folder.resolve("kept"));
        assertThrows(ResourceGoneException.class, () -> files.restore(lease(seen)));
    }

    @Test
    void aDeadServerIsReplacedAndThatIsTold() throws Exception {
        LentFiles files = lentFiles();
        assertTrue(files.process().orElseThrow().destroyForcibly());
        assertEquals("all lost", events.poll(20, TimeUnit.SECONDS));
        assertEquals("back", events.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void aMountOfAServerThatDiedDoesNotCountWithTheNext() throws Exception {
        LentFiles files = lentFiles();
        mount(files);
        assertTrue(files.process().orElseThrow().destroyForcibly());
        assertEquals("all lost", events.poll(20, TimeUnit.SECONDS));
        assertFalse(files.isMounted("mail"));
        assertThrows(IOException.class, () -> lend(files));
    }

    @Test
    void aRefusedLoanLeavesTheServerAlone() throws Exception {
        LentFiles files = lentFiles("lend=failed,done");
        mount(files);
        assertThrows(FileServerRefusedException.class, () -> lend(files));
        lend(files);
        assertTrue(events.isEmpty(), events.toString());
    }

    /** Whether the file is lent is unknown then, so nothing may be. */
    @Test
    void aServerThatDoesNotAnswerALoanIsEnded() throws Exception {
        LentFiles files = lentFiles("lend=silence");
        ProcessHandle first = files.process().orElseThrow();
        mount(files);
        assertThrows(IOException.class, () -> lend(files));
        assertFalse(first.onExit().get(20, TimeUnit.SECONDS).isAlive());
        assertEquals("all lost", events.poll(20, TimeUnit.SECONDS));
        assertFalse(files.isMounted("mail"));
    }

    @Test
    void aMountThatIsCutEndsForTheServerToo() throws Exception {
        LentFiles files = lentFiles();
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        open.add(ends.second());
        files.serve(MAIL, ends.first());
        files.cut("mail");
        assertEquals(-1, ends.second().read(java.nio.ByteBuffer.allocate(1), java.time.Duration.ofSeconds(20)));
    }

    @Test
    void aGuestThatOnlyEverMountsIsRefusedAtSomePoint() throws Exception {
        LentFiles files = lentFiles();
        for (int i = 0; i < 64; i++) {
            mount(files);
        }
        assertThrows(IOException.class, () -> mount(files));
        assertTrue(files.isMounted("mail"));
    }
}
