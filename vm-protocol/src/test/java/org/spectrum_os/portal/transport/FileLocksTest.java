// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.transport.FileLocks.Kind;
import org.spectrum_os.portal.transport.FileLocks.Range;

/** Locks that belong to an open file: two openings of one process are strangers. */
@Timeout(60)
class FileLocksTest {
    @TempDir
    Path temporary;

    private Descriptor one;
    private Descriptor two;

    @BeforeEach
    void prepare() throws Exception {
        Path file = Files.writeString(temporary.toRealPath().resolve("file"), "0123456789");
        one = FileNode.openForWriting(file);
        two = FileNode.openForWriting(file);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    @Test
    void anExclusiveLockStandsInEverybodysWayWhereItIs() throws Exception {
        assertTrue(FileLocks.tryLock(one, new Range(Kind.EXCLUSIVE, 2, 3)));
        assertFalse(FileLocks.tryLock(two, new Range(Kind.SHARED, 4, 1)));
        assertTrue(FileLocks.tryLock(two, new Range(Kind.EXCLUSIVE, 5, 0)));
        assertEquals(new Range(Kind.EXCLUSIVE, 2, 3), FileLocks.inTheWay(two, new Range(Kind.SHARED, 0, 0)));
        assertEquals(new Range(Kind.NONE, 0, 2), FileLocks.inTheWay(two, new Range(Kind.EXCLUSIVE, 0, 2)));
    }

    @Test
    void sharedLocksStandBesideEachOther() throws Exception {
        assertTrue(FileLocks.tryLock(one, new Range(Kind.SHARED, 0, 0)));
        assertTrue(FileLocks.tryLock(two, new Range(Kind.SHARED, 0, 0)));
        assertFalse(FileLocks.tryLock(two, new Range(Kind.EXCLUSIVE, 0, 0)));
    }

    @Test
    void aLockGoesWhenItIsTakenBackAndWithTheOpenFile() throws Exception {
        assertTrue(FileLocks.tryLock(one, new Range(Kind.EXCLUSIVE, 0, 0)));
        assertTrue(FileLocks.tryLock(one, new Range(Kind.NONE, 0, 5)));
        assertTrue(FileLocks.tryLock(two, new Range(Kind.EXCLUSIVE, 0, 5)));
        assertFalse(FileLocks.tryLock(two, new Range(Kind.EXCLUSIVE, 5, 0)));
        one.close();
        assertTrue(FileLocks.tryLock(two, new Range(Kind.EXCLUSIVE, 5, 0)));
    }

    @Test
    void aRangeThatIsNoneIsRefused() {
        assertEquals(
                22,
                assertThrows(ErrnoException.class, () -> FileLocks.tryLock(one, new Range(Kind.SHARED, -1, 1)))
                        .errno());
    }
}
