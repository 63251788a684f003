// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.FakeTime;

class LeasesTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final AtomicInteger NAMES = new AtomicInteger();

    @TempDir
    private Path state;

    private final FakeTime time = new FakeTime();
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    private Leases open() {
        return open(state);
    }

    private Leases open(Path where) {
        Leases leases = Leases.open(where, List.of("mail", "web"), time);
        leases.addListener(new LeaseListener() {
            @Override
            public void granted(Lease lease) {
                heard.add("granted " + lease.resource().name());
            }

            @Override
            public void changed(Lease lease) {
                heard.add("changed " + lease.resource().name());
            }

            @Override
            public void ended(Lease lease, EndReason why) {
                heard.add("ended " + lease.resource().name() + " " + why);
            }
        });
        return leases;
    }

    private static Resource file(String path) {
        return new Resource("file", path, Map.of("device", "64769", "inode", "131586"));
    }

    private Lease grant(Leases leases, String owner, String path, End end) throws IOException {
        return leases.grant(
                owner, () -> "lease-" + NAMES.incrementAndGet(), file(path), List.of("read"), "Open a document", end);
    }

    private End in(Duration span) {
        return new End.At(time.now().plus(span));
    }

    @Test
    void aLeaseIsThereAfterARestartAsItWas() throws IOException {
        Lease lease;
        try (Leases leases = open()) {
            lease = grant(leases, "mail", "/home/me/Ünï \"code\".odt", in(HOUR));
        }
        try (Leases leases = open()) {
            assertEquals(List.of(lease), leases.all());
            assertEquals(Optional.of(lease), leases.find(lease.name()));
        }
    }

    @Test
    void queries() throws IOException {
        try (Leases leases = open()) {
            Lease one = grant(leases, "mail", "/a", in(HOUR));
            time.pass(Duration.ofSeconds(1));
            Lease two = grant(leases, "web", "/a", in(HOUR.dividedBy(2)));
            time.pass(Duration.ofSeconds(1));
            Lease three = grant(leases, "mail", "/b", new End.InstanceStops());
            assertEquals(List.of(one, two, three), leases.all());
            assertEquals(List.of(one, three), leases.ofOwner("mail"));
            assertEquals(List.of(), leases.ofOwner("nobody"));
            assertEquals(List.of(one, two), leases.ofResource("file", "/a"));
            assertEquals(List.of(), leases.ofResource("usb", "/a"));
            assertEquals(List.of(two, one), leases.endingBefore(time.now().plus(HOUR)));
            assertEquals(List.of(two), leases.endingBefore(time.now().plus(HOUR.dividedBy(2))));
        }
    }

    @Test
    void endsAreHeardOnce() throws IOException {
        try (Leases leases = open()) {
            Lease lease = grant(leases, "mail", "/a", new End.InstanceStops());
            assertEquals(Optional.of(lease), leases.end(lease.name(), EndReason.REVOKED));
            assertEquals(Optional.empty(), leases.end(lease.name(), EndReason.REVOKED));
            assertEquals(Optional.empty(), leases.find(lease.name()));
            assertEquals(List.of("granted /a", "ended /a revoked"), heard);
        }
        try (Leases leases = open()) {
            assertEquals(List.of(), leases.all());
        }
    }

    @Test
    void timeAndUsesEndThem() throws IOException {
        try (Leases leases = open()) {
            Lease timed = grant(leases, "mail", "/timed", in(HOUR));
            Lease single = grant(leases, "mail", "/single", new End.Uses(1));
            assertEquals(Optional.empty(), leases.use(single.name()));
            assertEquals(1, leases.use(timed.name()).orElseThrow().uses());
            time.pass(HOUR);
            assertEquals(List.of(), leases.all());
            assertEquals(Optional.empty(), leases.use(timed.name()));
        }
        assertEquals(
                List.of(
                        "granted /timed",
                        "granted /single",
                        "ended /single used-up",
                        "changed /timed",
                        "ended /timed expired"),
                heard);
    }

    @Test
    void renewingMovesTheEnd() throws IOException {
        try (Leases leases = open()) {
            Lease lease = grant(leases, "mail", "/a", in(HOUR));
            Lease renewed =
                    leases.renew(lease, "Again", in(HOUR.multipliedBy(3))).orElseThrow();
            assertEquals(lease.name(), renewed.name());
            time.pass(HOUR.multipliedBy(2));
            assertEquals(List.of(renewed), leases.all());
            assertEquals("Again", leases.all().getFirst().reason());
            time.pass(HOUR);
            assertEquals(List.of(), leases.all());
            assertEquals(Optional.empty(), leases.renew(lease, "Too late", in(HOUR)));
        }
    }

    @Test
    void oneFolderCopiedRestoresThatInstance(@TempDir Path elsewhere) throws IOException {
        Lease mails;
        try (Leases leases = open()) {
            mails = grant(leases, "mail", "/a", new End.Never());
            grant(leases, "web", "/b", new End.Never());
        }
        try (Stream<Path> files = Files.walk(state.resolve("mail"))) {
            for (Path file : files.toList()) {
                Files.copy(file, elsewhere.resolve(state.relativize(file).toString()));
            }
        }
        try (Leases leases = open(elsewhere)) {
            assertEquals(List.of(mails), leases.all());
        }
    }

    @Test
    void oneBrokenStoreDoesNotHurtTheOthers() throws IOException {
        try (Leases leases = open()) {
            grant(leases, "mail", "/a", new End.Never());
            grant(leases, "web", "/b", new End.Never());
        }
        Files.delete(state.resolve("web/lock"));
        Files.createDirectory(state.resolve("web/lock"));
        try (Leases leases = open()) {
            assertEquals(1, leases.all().size());
            assertThrows(IOException.class, () -> grant(leases, "web", "/c", new End.Never()));
            Files.delete(state.resolve("web/lock"));
            grant(leases, "web", "/c", new End.Never());
            assertEquals(3, leases.all().size(), "and it is there again when it can be read");
        }
    }

    @Test
    void ownersThatMeanOtherFoldersAreRefused() throws IOException {
        try (Leases leases = open()) {
            for (String owner : List.of("", ".", "..", "../x", "a/b", "host", "a\nb", "x".repeat(49), "-x")) {
                assertThrows(IllegalArgumentException.class, () -> grant(leases, owner, "/a", new End.Never()), owner);
            }
        }
        try (Stream<Path> files = Files.list(state)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void anEditedNameIsNoLease() throws IOException {
        String name;
        try (Leases leases = open()) {
            name = grant(leases, "mail", "/a", new End.Never()).name();
        }
        Path journal = state.resolve("mail/journal-1.jsonl");
        Files.writeString(journal, Files.readString(journal).replace(name, "../../evil"));
        try (Leases leases = open()) {
            assertEquals(List.of(), leases.all());
            assertTrue(leases.find("../../evil").isEmpty());
            assertFalse(Files.exists(state.resolve("evil")));
        }
    }

    @Test
    void aNameThatIsTakenIsNotGivenTwice() throws IOException {
        try (Leases leases = open()) {
            grant(leases, "mail", "/a", new End.Never());
            var proposals = new java.util.ArrayDeque<>(List.of("music", "music", "music-web"));
            Lease one = leases.grant("mail", proposals::remove, file("/b"), List.of("read"), "", new End.Policy());
            Lease two = leases.grant("web", proposals::remove, file("/b"), List.of("read"), "", new End.Policy());
            assertEquals("music", one.name());
            assertEquals("music-web", two.name());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> leases.grant("web", () -> "../music", file("/b"), List.of("read"), "", new End.Policy()));
        }
    }

    @Test
    void whatIsDescribedAnewIsSoAfterARestart() throws IOException {
        Lease lease;
        Resource other = new Resource("file", "/a", Map.of("device", "64769", "inode", "99"));
        try (Leases leases = open()) {
            lease = grant(leases, "mail", "/a", in(HOUR));
            assertEquals(
                    Optional.of(other),
                    leases.describe("mail", lease.name(), other).map(Lease::resource));
        }
        try (Leases leases = open()) {
            Lease after = leases.find(lease.name()).orElseThrow();
            assertEquals(other, after.resource());
            assertEquals(lease.end(), after.end());
            assertEquals(lease.created(), after.created());
            leases.end(lease.name(), EndReason.REVOKED);
            assertEquals(Optional.empty(), leases.describe("mail", lease.name(), other));
        }
    }
}
