// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.daemon.Doctor.Finding;
import org.spectrum_os.portal.backend.daemon.Doctor.State;

class StateCheckTest {
    private static final long HOLDER = 123_456;

    @TempDir
    Path state;

    private List<Finding> check(OptionalLong backend) {
        return new StateCheck(state.resolve("locks"), backend).of("mail", state.resolve("mail"));
    }

    private static Finding only(List<Finding> findings) {
        assertEquals(1, findings.size(), findings.toString());
        return findings.getFirst();
    }

    /** A store as a process leaves it, and what the kernel says of locks: nothing of use here. */
    @BeforeEach
    void makeAStore() throws IOException {
        Path folder = Files.createDirectory(state.resolve("mail"));
        Files.writeString(folder.resolve("journal-1.jsonl"), "");
        Files.writeString(folder.resolve("lock"), HOLDER + "\n");
        Files.writeString(state.resolve("locks"), "1: FLOCK  ADVISORY  WRITE 4711 fe:01:131 0 EOF\n");
    }

    /** A process of that number has it open. Not this one: looking at the file would end its lock. */
    private void open() throws IOException {
        Object inode = Files.getAttribute(state.resolve("mail/lock"), "unix:ino");
        Files.writeString(
                state.resolve("locks"),
                "2: POSIX  ADVISORY  WRITE " + HOLDER + " fe:01:" + inode + " 0 EOF\n",
                StandardOpenOption.APPEND);
    }

    @Test
    void anInstanceToWhichNothingWasLentNeedsNoFolder() throws Exception {
        Files.move(state.resolve("mail"), state.resolve("web"));
        assertEquals(List.of(), check(OptionalLong.empty()));
    }

    @Test
    void aStoreThatTheBackendHasOpenIsGood() throws Exception {
        open();
        assertEquals(State.GOOD, only(check(OptionalLong.of(HOLDER))).state());
    }

    @Test
    void aStoreThatNobodyHasOpenIsGoodWhileNoBackendRuns() {
        assertEquals(State.GOOD, only(check(OptionalLong.empty())).state());
    }

    @Test
    void aStoreInOtherHandsIsNamedWithItsHolder() throws Exception {
        open();
        for (OptionalLong backend : List.of(OptionalLong.empty(), OptionalLong.of(HOLDER + 1))) {
            Finding finding = only(check(backend));
            assertEquals(State.WRONG, finding.state());
            assertTrue(finding.found().contains("process " + HOLDER), finding.found());
        }
    }

    @Test
    void aStoreThatTheBackendCouldNotOpenIsWrong() {
        Finding finding = only(check(OptionalLong.of(HOLDER)));
        assertEquals(State.WRONG, finding.state());
        assertTrue(finding.found().contains("has not opened"), finding.found());
    }

    @Test
    void whatWasSetAsideIsCounted() throws Exception {
        Files.writeString(state.resolve("mail/damaged-20260102T030405Z-journal-1.jsonl"), "x");
        Finding finding = only(check(OptionalLong.empty()));
        assertEquals(State.CARE, finding.state());
        assertTrue(finding.found().startsWith("1 file(s)"), finding.found());
    }

    @Test
    void aFileInTheFoldersPlaceIsWrong() throws Exception {
        Files.move(state.resolve("mail"), state.resolve("web"));
        Files.writeString(state.resolve("mail"), "x");
        assertEquals(State.WRONG, only(check(OptionalLong.empty())).state());
    }
}
