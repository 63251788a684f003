// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.spectrum_os.portal.files.ninep.Bench.assertErrno;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.Entry;
import org.spectrum_os.portal.transport.FileNode;

/** What is lent to whom, and what connections have of it. */
class LendingTest {
    private static final int RDONLY = 0;

    @TempDir
    Path folder;

    private final Bench bench = new Bench();

    @AfterEach
    void stop() {
        bench.close();
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    @Test
    void connectionsAndLeasesAreBounded() throws Exception {
        Path one = file("one", new byte[1]);
        var guests = new java.util.ArrayList<NinepClient>();
        for (int i = 0; i < FileServer.CONNECTIONS_PER_INSTANCE; i++) {
            guests.add(bench.mount("work"));
        }
        long before = Bench.openDescriptors();
        assertThrows(RefusedException.class, () -> bench.connect("work"));
        // The one end that the failed attempt left with the test is not the server's.
        assertEquals(before + 1, Bench.openDescriptors());
        guests.removeFirst().close();
        bench.expectEvent("gone work " + (FileServer.CONNECTIONS_PER_INSTANCE - 1));
        guests.add(bench.mount("work"));
        for (int i = 0; i < FileServer.LEASES_PER_INSTANCE; i++) {
            bench.lend("work", "l" + i, one);
        }
        assertThrows(RefusedException.class, () -> bench.lend("work", "more", one));
        assertThrows(RefusedException.class, () -> bench.lend("play", "l0", one));
        bench.lend("play", "more", one);
        assertEquals(FileServer.LEASES_PER_INSTANCE + 1, Bench.descriptorsOf(one));
        bench.server.close();
        assertEquals(0, Bench.descriptorsOf(one));
        assertThrows(RefusedException.class, () -> bench.lend("play", "x", one));
        guests.forEach(NinepClient::close);
    }

    @Test
    void onlyPlainReadOnlyFilesUnderPlainNamesAreLent() throws Exception {
        Path one = file("one", new byte[1]);
        long before = Bench.openDescriptors();
        for (Entry.Kind kind : Entry.Kind.values()) {
            // A directory is neither a file nor, open for reading, a mere reference.
            assertThrows(
                    RefusedException.class,
                    () -> bench.server.lend(
                            "work",
                            "a1",
                            Access.READ,
                            List.of(new Entry("x", kind)),
                            List.of(FileNode.openForReading(folder.toRealPath()))));
        }
        for (Access access : Access.values()) {
            // Opened for more, or less, than the lease allows.
            assertThrows(
                    RefusedException.class,
                    () -> bench.server.lend(
                            "work",
                            "a1",
                            access,
                            List.of(new Entry("x", Entry.Kind.FILE)),
                            List.of(
                                    access == Access.READ
                                            ? FileNode.openForWriting(one.toRealPath())
                                            : FileNode.openForReading(one.toRealPath()))));
        }
        assertThrows(
                RefusedException.class,
                () -> bench.server.lend(
                        "work",
                        "a1",
                        Access.READ,
                        List.of(new Entry("x", Entry.Kind.FILE), new Entry("x", Entry.Kind.FILE)),
                        List.of(FileNode.openForReading(one.toRealPath()), FileNode.openForReading(one.toRealPath()))));
        for (String name : List.of("", ".", "..", "a/b", "a\0b")) {
            assertThrows(IllegalArgumentException.class, () -> new Entry(name, Entry.Kind.FILE));
        }
        for (String name : List.of("\ud800")) {
            assertThrows(
                    RefusedException.class,
                    () -> bench.server.lend(
                            "work",
                            "a1",
                            Access.READ,
                            List.of(new Entry(name, Entry.Kind.FILE)),
                            List.of(FileNode.openForReading(one.toRealPath()))),
                    name);
        }
        for (String lease : List.of("", "..", "A", "a/b", "x".repeat(65))) {
            assertThrows(RefusedException.class, () -> bench.lend("work", lease, one));
        }
        assertThrows(RefusedException.class, () -> bench.lend("no such\n", "a1", one));
        assertEquals(before, Bench.openDescriptors());
    }

    @Test
    void instancesDoNotSeeEachOther() throws Exception {
        bench.lend("work", "a1", file("one", new byte[1]));
        bench.lend("play", "b1", file("two", new byte[2]));
        try (var work = bench.mount("work");
                var play = bench.mount("play")) {
            for (NinepClient guest : List.of(work, play)) {
                guest.walk(0, 1);
                guest.open(1, RDONLY);
            }
            assertEquals(List.of("a1"), work.list(1));
            assertEquals(List.of("b1"), play.list(1));
            assertErrno(2, () -> work.walk(0, 2, "b1"));
            assertErrno(2, () -> play.walk(0, 2, "a1", "one"));
        }
    }

    @Test
    void aGuestThatVanishesLeavesNothing() throws Exception {
        byte[] content = new byte[3_000_000];
        bench.lend("work", "a1", file("one", content));
        long before = Bench.openDescriptors();
        for (int i = 0; i < 20; i++) {
            Bench.await(
                    "room for another connection",
                    () -> bench.server.connections() < FileServer.CONNECTIONS_PER_INSTANCE);
            var guest = bench.mount("work");
            guest.open(1, "a1", "one");
            for (int read = 0; read < 30; read++) {
                guest.send(116, 1, 0L, 500_000);
            }
            guest.close();
        }
        for (int i = 0; i < 21; i++) {
            bench.events.poll(20, java.util.concurrent.TimeUnit.SECONDS);
        }
        Bench.await("descriptors of vanished guests closed", () -> Bench.openDescriptors() == before);
    }

    @Test
    void halfAMessageHoldsNobodyElse() throws Exception {
        bench.lend("work", "a1", file("one", new byte[9]));
        bench.lend("play", "b1", file("two", new byte[9]));
        try (var stuck = bench.mount("work");
                var play = bench.mount("play");
                var other = bench.mount("work")) {
            stuck.connection.write(ByteBuffer.wrap(new byte[] {23, 0, 0, 0, 116, 1}));
            play.open(1, "b1", "two");
            assertEquals(9, play.readAll(1).length);
            other.open(1, "a1", "one");
            assertEquals(9, other.readAll(1).length);
        }
    }
}
