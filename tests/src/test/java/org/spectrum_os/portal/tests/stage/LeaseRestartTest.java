// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.tests.desktop.Patience;

/** What becomes of leases when the real backend or file server is killed, ended in order, or finds another world when it is back. */
@Tag("window")
class LeaseRestartTest extends BackendOnStage {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ESTALE = 116;
    /** The machine may be busy; what is wrong in the alarms comes 5 s late, with the next look at the clocks. */
    private static final Duration LATE = Duration.ofSeconds(3);

    LeaseRestartTest() throws Exception {
        super(PATIENCE);
    }

    /** Starts a backend that lends the file to whoever asks, ending the one before in order. */
    private BackendProcess start(Path policy) throws Exception {
        return stage.startBackend(policy, stage.scriptedWindow("lend", file.toString()));
    }

    private GuestDouble mount() throws Exception {
        GuestDouble guest = GuestDouble.mount(stage);
        connections.add(guest);
        return guest;
    }

    private LentFile borrow() throws Exception {
        return assertInstanceOf(Message.Granted.class, ask(link(), 1)).files().getFirst();
    }

    private JsonNode leases() throws Exception {
        return stage.backend().json("leases");
    }

    private String audit() throws IOException {
        return Files.readString(stage.state().resolve(Stage.INSTANCE).resolve("audit.jsonl"));
    }

    private static JsonNode json(String text) throws IOException {
        return new JsonMapper().readTree(text);
    }

    private void assertEnded(LentFile lent, String why) throws Exception {
        assertEquals(0, leases().size());
        assertTrue(
                audit().contains("\"event\":\"ended\",\"instance\":\"mail\",\"lease\":\"" + lent.lease()
                        + "\",\"why\":\"" + why + "\""),
                audit());
    }

    private static Optional<Integer> refusal(GuestDouble guest, int open) {
        try {
            assertEquals(TEXT, guest.read(open));
            return Optional.empty();
        } catch (GuestDouble.Refused e) {
            return Optional.of(e.errno());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aLeaseForATimeOutlivesTheBackendAndEndsOnTime() throws Exception {
        Path policy = stage.policyLendingFor("45s", 120);
        BackendProcess first = start(policy);
        GuestDouble guest = mount();
        LentFile lent = borrow();
        assertEquals(TEXT, guest.read(guest.open(lent.lease(), lent.name())));
        JsonNode lease = leases().get(0);
        assertEquals("at", lease.get("end").asText());
        Instant until = Instant.parse(lease.get("until").asText());
        assertTrue(
                first.command("leases").out().contains("until "),
                first.command("leases").out());

        first.kill();
        start(policy);
        // Before anybody has mounted.
        assertEquals(lent.lease(), leases().get(0).get("lease").asText());
        GuestDouble again = mount();
        assertEquals(TEXT, again.read(again.open(lent.lease(), lent.name())));

        BackendProcess third = start(policy);
        assertEquals(until, Instant.parse(leases().get(0).get("until").asText()));
        GuestDouble last = mount();
        int open = last.open(lent.lease(), lent.name());
        assertTrue(Instant.now().isBefore(until), "the machine is too slow for this test's time");
        // The guest's end ends nothing.
        GuestDouble other = mount();
        other.close();
        int errno = Patience.await("the open file to be out of reach", PATIENCE, () -> refusal(last, open));
        assertFalse(Instant.now().isBefore(until), "it ended before its time");
        assertEquals(ESTALE, errno);
        assertThrows(GuestDouble.Refused.class, () -> last.open(lent.lease(), lent.name()));
        Patience.await("the end in the audit log", PATIENCE, () -> {
            try {
                return audit().contains("\"why\":\"expired\"") ? Optional.of(true) : Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertEnded(lent, "expired");
        String end = audit().lines()
                .filter(line -> line.contains("\"why\":\"expired\""))
                .findFirst()
                .orElseThrow();
        Instant ended = Instant.parse(json(end).get("time").asText());
        assertTrue(ended.isBefore(until.plus(LATE)), "lent until " + until + ", and ended: " + end);
        assertEquals("Nothing is lent.", third.command("leases").out().strip());
    }

    @Test
    void aLeaseUntilTheVmStopsEndsWithTheBackend() throws Exception {
        Path policy = stage.policy("ask", 120);
        BackendProcess first = start(policy);
        mount();
        LentFile lent = borrow();
        assertEquals("instance-stops", leases().get(0).get("end").asText());
        first.kill();
        start(policy);
        assertEnded(lent, "backend-stopped");
        GuestDouble again = mount();
        assertThrows(GuestDouble.Refused.class, () -> again.open(lent.lease(), lent.name()));
    }

    @Test
    void theVmsStopEndsNoLeaseForGoodAndARevocationOutlivesAKill() throws Exception {
        Path policy = stage.policyLendingFor("always", 120);
        BackendProcess first = start(policy);
        mount().close();
        first.awaitInstance(Stage.INSTANCE, "mounted", false);
        GuestDouble guest = mount();
        LentFile lent = borrow();
        guest.close();
        first.awaitInstance(Stage.INSTANCE, "mounted", false);
        assertEquals("never", leases().get(0).get("end").asText());
        GuestDouble again = mount();
        assertEquals(TEXT, again.read(again.open(lent.lease(), lent.name())));
        assertEquals(0, first.command("revoke", lent.lease()).status());
        first.kill();
        start(policy);
        assertEnded(lent, "revoked");
    }

    @Test
    void aNewFileServerServesWhatLasts() throws Exception {
        BackendProcess backend = start(stage.policyLendingFor("always", 120));
        mount();
        LentFile lent = borrow();
        assertTrue(backend.child("files.FileServerMain").destroyForcibly());
        backend.awaitInstance(Stage.INSTANCE, "mounted", false);
        GuestDouble again = Patience.await("the new file server to serve", PATIENCE, () -> {
            try {
                return Optional.of(mount());
            } catch (Exception _) {
                // Not there yet: it turns the guest away.
                return Optional.empty();
            }
        });
        int open = Patience.await("the lease to be back", PATIENCE, () -> {
            try {
                return Optional.of(again.open(lent.lease(), lent.name()));
            } catch (IOException _) {
                return Optional.empty();
            }
        });
        assertEquals(TEXT, again.read(open));
        assertEquals(1, leases().size());
    }

    @Test
    void anotherFileInTheSamePlaceIsNotLent() throws Exception {
        Path policy = stage.policyLendingFor("always", 120);
        BackendProcess first = start(policy);
        mount();
        LentFile lent = borrow();
        first.kill();
        Files.move(file, stage.documents().resolve("kept.txt"));
        makeAFile();
        start(policy);
        assertEnded(lent, "resource-gone");
    }

    @Test
    void whatThePolicyDeniesByNowEnds() throws Exception {
        BackendProcess first = start(stage.policyLendingFor("always", 120));
        mount();
        LentFile lent = borrow();
        first.kill();
        start(stage.policy("deny", 120));
        assertEnded(lent, "policy-changed");
    }

    /** One folder is one instance, on whichever machine it is found; and what is broken in another one's is that one's trouble. */
    @Test
    void aCopiedFolderRestoresTheInstance() throws Exception {
        Path policy = stage.policyLendingFor("7d", 120);
        start(policy);
        mount();
        LentFile lent = borrow();
        stage.backend().close();
        Path old = stage.session().resolve("old-state");
        Files.move(stage.state(), old);
        start(policy);
        assertEquals(0, leases().size());
        stage.backend().close();
        Path copy = stage.state().resolve(Stage.INSTANCE);
        if (Files.exists(copy)) {
            Files.move(copy, stage.session().resolve("other-state"));
        }
        Files.createDirectories(copy);
        try (var files = Files.list(old.resolve(Stage.INSTANCE))) {
            for (Path each : files.toList()) {
                Files.copy(each, copy.resolve(each.getFileName()));
            }
        }
        stage.own(copy);
        start(policy);
        assertEquals(lent.lease(), leases().get(0).get("lease").asText());
        GuestDouble guest = mount();
        assertEquals(TEXT, guest.read(guest.open(lent.lease(), lent.name())));
    }

    @Test
    void aFolderThatCannotBeUsedDoesNotKeepTheBackendFromStarting() throws Exception {
        Path policy = stage.policyLendingFor("always", 120);
        start(policy);
        mount();
        borrow();
        stage.backend().close();
        Path journal;
        try (var files = Files.newDirectoryStream(stage.state().resolve(Stage.INSTANCE), "journal-*.jsonl")) {
            journal = files.iterator().next();
        }
        Files.writeString(journal, Files.readString(journal).replace("report.txt", "report\u0000\"txt"));
        BackendProcess second = start(policy);
        assertEquals(0, leases().size());
        List<JsonNode> findings = doctor(second);
        // That it is the backend which has the folder open, the doctor has seen too.
        assertEquals(1, findings.size(), findings.toString());
        assertEquals("care", findings.getFirst().get("state").asText(), findings.toString());
        assertTrue(findings.getFirst().get("found").asText().contains("damaged-"), findings.toString());
    }

    private List<JsonNode> doctor(BackendProcess backend) throws IOException, InterruptedException {
        var printed = backend.command(
                "doctor", "--policy", stage.folder().resolve("policy.json").toString(), "--json");
        var findings = new ArrayList<JsonNode>();
        for (JsonNode finding : json(printed.out())) {
            if (finding.get("check").asText().equals("leases of mail")) {
                findings.add(finding);
            }
        }
        return findings;
    }
}
