// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.ArgumentCaptor;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.ConsentWindow;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.consent.FakeTimer;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.Colour;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.Rule;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;

class FilePortalTest {
    @TempDir
    Path folder;

    private final ConsentWindow window = mock();
    private final FileLending lending = mock();
    private final List<FileReply> replies = new ArrayList<>();
    private boolean guestListens = true;
    /** What becomes of the next answers, if it is not known at once. */
    private final Deque<CompletableFuture<Boolean>> toldLater = new ArrayDeque<>();

    private AuditBook audit;
    private LeaseTable leases;
    private ConsentDesk desk;
    private FilePortal portal;

    @BeforeEach
    void open() throws Exception {
        audit = AuditBook.open(folder.resolve("state"), InstantSource.system());
        leases = new LeaseTable(audit, InstantSource.system(), lending);
        desk = new ConsentDesk(window, Policy.Timing.DEFAULT, null, new FakeTimer(), Runnable::run);
        desk.said(new FromWindow.Ready(1));
        portal = new FilePortal(desk, leases, lending, audit);
        when(lending.isMounted("mail")).thenReturn(true);
    }

    @AfterEach
    void close() throws Exception {
        audit.close();
    }

    private FilePortal.Pending ask(Rule rule, boolean multiple, boolean directory) {
        var instance = new Instance("mail", new Colour("#3584e4"), new LinkAddress.Vsock(3), rule);
        var ask = new FileRequest(
                Untrusted.of("app"),
                Untrusted.of("Attach"),
                multiple,
                directory,
                List.of(),
                null,
                List.of(),
                Untrusted.of(""));
        return portal.openFile(instance, ask, reply -> {
            replies.add(reply);
            return toldLater.isEmpty() ? CompletableFuture.completedStage(guestListens) : toldLater.remove();
        });
    }

    private Path file(String name) throws IOException {
        return Files.writeString(folder.resolve(name), name).toRealPath();
    }

    private static FromWindow.PickedFile picked(Path file) throws IOException {
        try (Descriptor descriptor = FileNode.openForReading(file)) {
            var status = FileNode.status(descriptor);
            return new FromWindow.PickedFile(file.toString(), status.device(), status.inode());
        }
    }

    private void userChooses(FromWindow.PickedFile... files) throws IOException {
        var shown = ArgumentCaptor.forClass(ToWindow.class);
        verify(window).tell(shown.capture());
        desk.said(new FromWindow.Chosen(shown.getValue().id(), List.of(files), List.of(), null));
    }

    private void assertDenied(Decision.Why why) {
        assertEquals(List.of(new FileReply.Refused(new Decision.Denied(why))), replies);
        assertEquals(List.of(), leases.list());
    }

    @Test
    void whatTheUserChoseIsLentAndNothingElse() throws Exception {
        Path first = file("Ünïcode & \"quotes\" 100%.txt");
        Path second = file("b");
        ask(Rule.ASK, true, false);
        userChooses(picked(first), picked(second));
        var lent = assertInstanceOf(FileReply.Lent.class, replies.getFirst());
        assertEquals(
                List.of("Ünïcode & \"quotes\" 100%.txt", "b"),
                lent.files().stream().map(LentFile::name).toList());
        assertEquals(2, leases.list().size());
        assertEquals(first, leases.list().getFirst().resource().path());
    }

    @Test
    void theLentDescriptorIsTheChosenFile() throws Exception {
        Path file = file("a");
        var inode = new ArrayList<Long>();
        org.mockito.Mockito.doAnswer(call -> {
                    inode.add(FileNode.status(call.getArgument(1)).inode());
                    return null;
                })
                .when(lending)
                .lend(any(), any());
        ask(Rule.ASK, false, false);
        userChooses(picked(file));
        assertEquals(List.of((Long) Files.getAttribute(file, "unix:ino")), inode);
    }

    @Test
    void theAnswerGivenIsClosedBehindIt() throws Exception {
        Path file = file("a");
        ask(Rule.ASK, false, false);
        long before = openDescriptors();
        userChooses(picked(file));
        assertEquals(before, openDescriptors());
    }

    private static long openDescriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    @Test
    void policyDenialAsksNobody() throws Exception {
        ask(Rule.DENY, false, false);
        assertDenied(Decision.Why.BY_POLICY);
        verify(window, never()).tell(any());
    }

    @Test
    void aFloodOfRequestsDoesNotFloodTheLog() throws Exception {
        for (int i = 0; i < 100; i++) {
            ask(Rule.DENY, false, false);
        }
        assertEquals(
                60, Files.readAllLines(folder.resolve("state/mail/audit.jsonl")).size());
        ask(Rule.ASK, false, false);
        userChooses(picked(file("a")));
        String log = Files.readString(folder.resolve("state/mail/audit.jsonl"));
        assertTrue(log.contains("\"decision\":\"allowed\"") && log.contains("\"event\":\"granted\""), log);
    }

    @Test
    void foldersAreNotOffered() throws Exception {
        ask(Rule.ASK, false, true);
        assertDenied(Decision.Why.NOT_OFFERED);
        verify(window, never()).tell(any());
    }

    @Test
    void aGuestWithoutAMountIsNotAskedFor() throws Exception {
        when(lending.isMounted("mail")).thenReturn(false);
        ask(Rule.ASK, false, false);
        assertDenied(Decision.Why.NOT_DELIVERABLE);
        verify(window, never()).tell(any());
    }

    @Test
    void aMountThatGoesWhileTheUserChoosesMeansNothingIsLent() throws Exception {
        ask(Rule.ASK, false, false);
        when(lending.isMounted("mail")).thenReturn(false);
        userChooses(picked(file("a")));
        assertDenied(Decision.Why.NOT_DELIVERABLE);
        verify(lending, never()).lend(any(), any());
    }

    @Test
    void whatDoesNotFitOneAnswerIsNotLent() throws Exception {
        var files = new FromWindow.PickedFile[Limits.FILES];
        for (int i = 0; i < files.length; i++) {
            files[i] = picked(file("x".repeat(240) + i));
        }
        ask(Rule.ASK, true, false);
        userChooses(files);
        assertDenied(Decision.Why.NOT_DELIVERABLE);
        verify(lending, never()).lend(any(), any());
    }

    @Test
    void aFileReplacedByASymlinkIsRefused() throws Exception {
        Path file = file("a");
        var choice = picked(file);
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/etc/passwd"));
        ask(Rule.ASK, false, false);
        userChooses(choice);
        assertDenied(Decision.Why.FILE_CHANGED);
    }

    @Test
    void aFileReplacedByAnotherIsRefused() throws Exception {
        Path file = file("a");
        var choice = picked(file);
        Files.move(file, folder.resolve("kept"));
        Files.writeString(file, "another");
        ask(Rule.ASK, false, false);
        userChooses(choice);
        assertDenied(Decision.Why.FILE_CHANGED);
    }

    @Test
    void aFolderReplacedByASymlinkIsRefused() throws Exception {
        Path inside = Files.createDirectory(folder.resolve("d"));
        Path file = Files.writeString(inside.resolve("a"), "x").toRealPath();
        var choice = picked(file);
        Files.move(inside, folder.resolve("elsewhere"));
        Files.createSymbolicLink(inside, folder.resolve("elsewhere"));
        ask(Rule.ASK, false, false);
        userChooses(choice);
        assertDenied(Decision.Why.FILE_CHANGED);
    }

    @Test
    void aFifoIsRefusedWithoutWaitingForIt() throws Exception {
        Path fifo = folder.resolve("fifo").toAbsolutePath();
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        ask(Rule.ASK, false, false);
        userChooses(new FromWindow.PickedFile(fifo.toRealPath().toString(), 1, 2));
        assertDenied(Decision.Why.FILE_CHANGED);
    }

    @Test
    void ifOneOfSeveralCannotBeLentNoneIs() throws Exception {
        Path gone = file("gone");
        var choice = picked(gone);
        Files.delete(gone);
        ask(Rule.ASK, true, false);
        userChooses(picked(file("a")), choice);
        assertDenied(Decision.Why.FILE_CHANGED);
        verify(lending, never()).lend(any(), any());
    }

    @Test
    void ifTheServerFailsHalfWayAllIsTakenBack() throws Exception {
        org.mockito.Mockito.doNothing()
                .doThrow(new IOException("full"))
                .when(lending)
                .lend(any(), any());
        ask(Rule.ASK, true, false);
        userChooses(picked(file("a")), picked(file("b")));
        assertDenied(Decision.Why.NOT_DELIVERABLE);
        verify(lending).end(any());
    }

    @Test
    void aGuestThatVanishedGetsNothing() throws Exception {
        guestListens = false;
        ask(Rule.ASK, false, false);
        userChooses(picked(file("a")));
        assertEquals(List.of(), leases.list());
        verify(lending).end(any());
    }

    @Test
    void anAnswerThatCannotBeWrittenLaterIsTakenBackThen() throws Exception {
        var told = new CompletableFuture<Boolean>();
        toldLater.add(told);
        ask(Rule.ASK, false, false);
        userChooses(picked(file("a")));
        assertEquals(1, leases.list().size());
        told.complete(false);
        assertEquals(List.of(), leases.list());
        verify(lending).end(any());
    }

    /** Two equal requests share one dialog and one lease; who of them is told decides nothing for the other. */
    @Test
    void aRequestThatIsNotToldTakesNothingFromOneThatIs() throws Exception {
        var first = new CompletableFuture<Boolean>();
        var second = new CompletableFuture<Boolean>();
        toldLater.addAll(List.of(first, second));
        ask(Rule.ASK, false, false);
        ask(Rule.ASK, false, false);
        userChooses(picked(file("a")));
        assertEquals(2, replies.size());
        assertEquals(replies.get(0), replies.get(1));
        second.complete(true);
        first.complete(false);
        assertEquals(1, leases.list().size());
        verify(lending, never()).end(any());
    }

    @Test
    void ofTwoRequestsThatAreNotToldNothingIsLeft() throws Exception {
        guestListens = false;
        ask(Rule.ASK, false, false);
        ask(Rule.ASK, false, false);
        userChooses(picked(file("a")));
        assertEquals(2, replies.size());
        assertEquals(List.of(), leases.list());
    }

    @Test
    void aWithdrawnRequestLeavesNothing() throws Exception {
        ask(Rule.ASK, false, false).withdraw(ToWindow.Reason.VM_STOPPED);
        assertEquals(List.of(), replies);
        assertTrue(Files.readString(folder.resolve("state/mail/audit.jsonl")).contains("withdrawn"));
    }

    @Test
    void whatCannotBeWrittenDownIsNotLent() throws Exception {
        ask(Rule.ASK, false, false);
        audit.close();
        userChooses(picked(file("a")));
        assertDenied(Decision.Why.NOT_RECORDED);
    }

    @Test
    void aDeadServerMeansNothingIsLent() throws Exception {
        doThrow(new IOException("gone")).when(lending).lend(any(), any());
        ask(Rule.ASK, false, false);
        userChooses(picked(file("a")));
        assertDenied(Decision.Why.NOT_DELIVERABLE);
    }
}
