// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.ArgumentCaptor;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.ConsentWindow;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.consent.FakeTimer;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.Grant;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.HostEntry;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.Colour;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.backend.policy.Loan;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.Rule;
import org.spectrum_os.portal.consent.contract.FileAccess;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.Terms;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.SaveFilesRequest;
import org.spectrum_os.portal.protocol.SaveRequest;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.MachineTime;
import org.spectrum_os.portal.store.StoreTime;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Leases;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;

class FilePortalTest {
    @TempDir
    Path folder;

    private final ConsentWindow window = mock();
    private final FileLending lending = mock();
    private final List<FileReply> replies = new ArrayList<>();
    private boolean guestListens = true;
    private Instance.Terms terms = Instance.Terms.DEFAULT;
    private @Nullable Instance inForce;
    /** What becomes of the next answers, if it is not known at once. */
    private final Deque<CompletableFuture<Boolean>> toldLater = new ArrayDeque<>();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final StoreTime time = new MachineTime(timer);
    private AuditBook audit;
    private Leases store;
    private LeaseTable leases;
    private ConsentDesk desk;
    private FilePortal portal;

    @BeforeEach
    void open() throws Exception {
        audit = AuditBook.open(folder.resolve("state"), InstantSource.system());
        store = Leases.open(folder.resolve("state"), List.of(), time);
        leases = new LeaseTable(store, audit, lending, _ -> true, Runnable::run, time);
        desk = new ConsentDesk(window, Policy.Timing.DEFAULT, null, new FakeTimer(), Runnable::run);
        desk.said(new FromWindow.Ready(1));
        portal = new FilePortal(desk, leases, lending, audit, time::now, _ -> java.util.Optional.ofNullable(inForce));
        when(lending.isMounted("mail")).thenReturn(true);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        timer.close();
        audit.close();
    }

    private FilePortal.Pending ask(Rule rule, boolean multiple, boolean directory) {
        var ask = new FileRequest(
                Untrusted.of("app"),
                Untrusted.of("Attach"),
                multiple,
                directory,
                List.of(),
                null,
                List.of(),
                Untrusted.of(""));
        return ask(rule, ask);
    }

    private FilePortal.Pending ask(Rule rule, FileAsk ask) {
        inForce = new Instance("mail", new Colour("#3584e4"), new LinkAddress.Vsock(3), rule, terms);
        return portal.ask("mail", ask, reply -> {
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
            return FromWindow.PickedFile.file(file.toString(), status.device(), status.inode());
        }
    }

    private void userChooses(FromWindow.PickedFile... files) throws IOException {
        userChooses(shownTerms(), files);
    }

    private void userChooses(@Nullable Terms terms, FromWindow.PickedFile... files) throws IOException {
        desk.said(new FromWindow.Chosen(shown().id(), List.of(files), List.of(), null, terms));
    }

    private ToWindow.Show shown() throws IOException {
        var shown = ArgumentCaptor.forClass(ToWindow.class);
        verify(window).tell(shown.capture());
        return assertInstanceOf(ToWindow.Show.class, shown.getValue());
    }

    private @Nullable Terms shownTerms() throws IOException {
        return shown().instance().terms();
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
        assertEquals(first, Path.of(leases.list().getFirst().resource().name()));
    }

    @Test
    void withoutAWordInThePolicyItIsLentUntilTheVmStops() throws Exception {
        ask(Rule.ASK, false, false);
        assertEquals(Terms.LEAST, shownTerms());
        userChooses(picked(file("a")));
        assertEquals(new End.InstanceStops(), leases.list().getFirst().end());
    }

    @Test
    void aTimeInThePolicyIsShownAndCountsFromTheAnswer() throws Exception {
        terms = new Instance.Terms(new Loan.For(Duration.ofMinutes(15)), Access.READ);
        ask(Rule.ASK, false, false);
        assertEquals(new Terms(FileAccess.READ, new LoanTime.Over(900)), shownTerms());
        Instant before = Instant.now();
        userChooses(picked(file("a")));
        Instant end =
                assertInstanceOf(End.At.class, leases.list().getFirst().end()).when();
        assertFalse(end.isBefore(before.plusSeconds(900)), end.toString());
        assertFalse(end.isAfter(Instant.now().plusSeconds(900)), end.toString());
    }

    @Test
    void whatIsLentForGoodSaysSo() throws Exception {
        terms = new Instance.Terms(new Loan.Always(), Access.READ);
        ask(Rule.ASK, false, false);
        assertEquals(new Terms(FileAccess.READ, new LoanTime.Revoked()), shownTerms());
        userChooses(picked(file("a")));
        assertEquals(new End.Never(), leases.list().getFirst().end());
        assertTrue(Files.readString(folder.resolve("state/mail/audit.jsonl")).contains("\"end\":\"never\""));
    }

    @Test
    void theLentDescriptorIsTheChosenFile() throws Exception {
        Path file = file("a");
        var inode = new ArrayList<Long>();
        org.mockito.Mockito.doAnswer(call -> {
                    inode.add(FileNode.status(call.<OpenedEntries>getArgument(1)
                                    .descriptors()
                                    .getFirst())
                            .inode());
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
        // The store and the audit log are open from the first lease on.
        var other = HostEntries.of(Path.of("/other"), HostEntry.Kind.FILE, new HostEntry.Node(1, 2));
        leases.grant(new Grant("mail", other, Access.READ, "", "0", new End.InstanceStops()), _ -> {});
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
        userChooses(FromWindow.PickedFile.file(fifo.toRealPath().toString(), 1, 2));
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

    private FromWindow.PickedFile folder(Path path, FromWindow.PickedFile.Kind kind, String name) throws IOException {
        try (Descriptor descriptor = FileNode.openFolder(path)) {
            var status = FileNode.status(descriptor);
            return new FromWindow.PickedFile(
                    name.isEmpty() ? path.toString() : path.resolve(name).toString(),
                    kind,
                    status.device(),
                    status.inode(),
                    List.of());
        }
    }

    private FromWindow.PickedFile fresh(Path folder, String name) throws IOException {
        return folder(folder, FromWindow.PickedFile.Kind.NEW, name);
    }

    private static SaveRequest save(String name) {
        return new SaveRequest(
                Untrusted.of("app"),
                Untrusted.of("Save"),
                Untrusted.of(name),
                List.of(),
                null,
                List.of(),
                Untrusted.of(""));
    }

    private static SaveFilesRequest saveAll(String... names) {
        return new SaveFilesRequest(
                Untrusted.of("app"),
                Untrusted.of("Save all"),
                java.util.Arrays.stream(names).map(Untrusted::of).toList(),
                List.of(),
                Untrusted.of(""));
    }

    private FileReply.Lent lent() {
        return assertInstanceOf(FileReply.Lent.class, replies.getFirst());
    }

    @Test
    void theUsersTermsDecideNotThePolicys() throws Exception {
        terms = new Instance.Terms(new Loan.Always(), Access.WRITE);
        ask(Rule.ASK, false, false);
        assertEquals(new Terms(FileAccess.WRITE, new LoanTime.Revoked()), shownTerms());
        userChooses(Terms.LEAST, picked(file("a")));
        assertFalse(lent().writable());
        assertEquals(List.of("read"), leases.list().getFirst().access());
        assertEquals(new End.InstanceStops(), leases.list().getFirst().end());
    }

    @Test
    void whatMayBeChangedIsOpenForThatAndSaysSo() throws Exception {
        var modes = new ArrayList<Boolean>();
        org.mockito.Mockito.doAnswer(call -> {
                    OpenedEntries entries = call.getArgument(1);
                    modes.add(FileNode.isReadWrite(entries.descriptors().getFirst()));
                    modes.add(entries.folder() != null);
                    return null;
                })
                .when(lending)
                .lend(any(), any());
        ask(Rule.ASK, false, false);
        userChooses(new Terms(FileAccess.WRITE, new LoanTime.Stopped()), picked(file("a")));
        assertTrue(lent().writable());
        assertEquals(List.of(true, true), modes);
    }

    @Test
    void aWindowThatSaysNoTermsLendsNothing() throws Exception {
        ask(Rule.ASK, false, false);
        userChooses((Terms) null, picked(file("a")));
        assertDenied(Decision.Why.WINDOW_LOST);
    }

    @Test
    void aFolderIsLentAsAWhole() throws Exception {
        Path music = Files.createDirectory(folder.resolve("My Music")).toRealPath();
        ask(Rule.ASK, false, true);
        assertEquals(new Purpose.OpenFolders(false), ((FileQuestion) shown().question()).purpose());
        userChooses(folder(music, FromWindow.PickedFile.Kind.FOLDER, ""));
        assertEquals("My Music", lent().files().getFirst().name());
        assertTrue(lent().files().getFirst().lease().matches("my-music-[a-z2-9]{4}"));
        assertEquals(
                HostEntry.Kind.DIRECTORY,
                HostEntries.of(leases.list().getFirst().resource())
                        .orElseThrow()
                        .main()
                        .kind());
    }

    @Test
    void companionsAreInTheSameLease() throws Exception {
        Path film = file("film.mkv");
        var titles = picked(file("film.srt"));
        var chosen = picked(film);
        ask(Rule.ASK, false, false);
        userChooses(new FromWindow.PickedFile(
                chosen.path(),
                chosen.kind(),
                chosen.device(),
                chosen.inode(),
                List.of(new FromWindow.Companion(
                        "film.srt", FromWindow.PickedFile.Kind.FILE, titles.device(), titles.inode()))));
        assertEquals(1, leases.list().size());
        HostEntries what = HostEntries.of(leases.list().getFirst().resource()).orElseThrow();
        assertEquals(
                List.of("film.mkv", "film.srt"),
                what.entries().stream().map(HostEntry::name).toList());
    }

    @Test
    void aNewFileIsMadeEmptyAndLentForWriting() throws Exception {
        Path home = folder.toRealPath();
        ask(Rule.ASK, save("/etc/../.report.odt"));
        assertEquals(new Purpose.SaveFile("report.odt"), ((FileQuestion) shown().question()).purpose());
        assertEquals(new Terms(FileAccess.WRITE, new LoanTime.Stopped()), shownTerms());
        userChooses(fresh(home, "mine.odt"));
        assertEquals(0, Files.size(home.resolve("mine.odt")));
        assertTrue(lent().writable());
        assertEquals(
                home.resolve("mine.odt").toString(),
                leases.list().getFirst().resource().name());
    }

    @Test
    void aNameThatCameIntoBeingMeanwhileIsRefusedAndNotTouched() throws Exception {
        ask(Rule.ASK, save("a"));
        var choice = fresh(folder.toRealPath(), "a");
        Path theirs = file("a");
        userChooses(choice);
        assertDenied(Decision.Why.FILE_CHANGED);
        assertEquals("a", Files.readString(theirs));
    }

    @Test
    void aNewFileInAFolderThatWasReplacedIsRefused() throws Exception {
        Path inside = Files.createDirectory(folder.resolve("d")).toRealPath();
        var choice = fresh(inside, "a");
        Files.move(inside, folder.resolve("kept"));
        Files.createDirectory(inside);
        ask(Rule.ASK, save("a"));
        userChooses(choice);
        assertDenied(Decision.Why.FILE_CHANGED);
        assertFalse(Files.exists(inside.resolve("a")) || Files.exists(folder.resolve("kept/a")));
    }

    @Test
    void savingSeveralIsAllOrNothing() throws Exception {
        Path home = folder.toRealPath();
        ask(Rule.ASK, saveAll("a", "b"));
        var first = fresh(home, "a");
        var second = fresh(home, "b");
        file("b");
        userChooses(first, second);
        assertDenied(Decision.Why.FILE_CHANGED);
        assertFalse(Files.exists(home.resolve("a")), "what was made is removed again");
        assertEquals("b", Files.readString(home.resolve("b")));
    }

    @Test
    void whatWasMadeForAFailedLoanIsRemovedAgain() throws Exception {
        Path home = folder.toRealPath();
        org.mockito.Mockito.doNothing()
                .doThrow(new IOException("full"))
                .when(lending)
                .lend(any(), any());
        ask(Rule.ASK, saveAll("a", "b"));
        userChooses(fresh(home, "a"), fresh(home, "b"));
        assertDenied(Decision.Why.NOT_DELIVERABLE);
        assertFalse(Files.exists(home.resolve("a")) || Files.exists(home.resolve("b")));
    }

    @Test
    void whatAVanishedGuestAskedForIsRemovedUnlessItHoldsSomething() throws Exception {
        Path home = folder.toRealPath();
        guestListens = false;
        org.mockito.Mockito.doNothing()
                .doAnswer(_ -> Files.writeString(home.resolve("a"), "written"))
                .when(lending)
                .lend(any(), any());
        ask(Rule.ASK, saveAll("a", "b"));
        userChooses(fresh(home, "a"), fresh(home, "b"));
        assertEquals(List.of(), leases.list());
        assertEquals("written", Files.readString(home.resolve("a")));
        assertFalse(Files.exists(home.resolve("b")));
    }

    @Test
    void aFileThatTheUserWantsReplacedIsLentAsItIs() throws Exception {
        ask(Rule.ASK, save("a"));
        userChooses(picked(file("a")));
        assertTrue(lent().writable());
        assertEquals("a", Files.readString(folder.resolve("a")));
    }

    @Test
    void aPolicyThatChangesWhileTheUserChoosesCounts() throws Exception {
        ask(Rule.ASK, false, false);
        inForce = null;
        userChooses(picked(file("a")));
        assertDenied(Decision.Why.BY_POLICY);
    }

    /** Each makes a file: one answer cannot stand for both. */
    @Test
    void equalRequestsToSaveAreAskedOneByOne() throws Exception {
        ask(Rule.ASK, save("a"));
        ask(Rule.ASK, save("a"));
        userChooses(fresh(folder.toRealPath(), "a"));
        assertEquals(1, replies.size());
        verify(window, org.mockito.Mockito.times(2)).tell(any());
    }
}
