// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.tests.desktop.Patience;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.ErrnoException;

/** Signatures of content by the real backend with the host's real gpg: one at a time, none lost, and what happens when a part dies or lies. */
@Tag("window")
class RealKeysTest extends KeysOnStage {
    private static final int MANY = 100;

    RealKeysTest() throws Exception {}

    private KeyRing.Key ed25519() throws Exception {
        return ring.key(KeyRing.Kind.ED25519);
    }

    private CompletableFuture<KeyGuest.Signature> signing(String key, String content) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return guest.sign(KeyGuest.detached(key), bytes(content));
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                Executors.newVirtualThreadPerTaskExecutor());
    }

    private static KeyGuest.Signature ended(CompletableFuture<KeyGuest.Signature> signing) throws Exception {
        return signing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void theUserIsShownTheContentAndTheKeyThatSignsIt() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN));
        start("agree");
        signed(ed25519(), "Dear Ada,\nthe engine runs.\n");
        JsonNode question = questions().getFirst();
        assertEquals("SIGN", question.get("operation").asText());
        assertEquals(
                ed25519().fingerprint(), question.get("key").get("fingerprint").asText());
        assertContains(question.get("key").get("name").toString(), "Ada Modern <ada@example.org>");
        JsonNode subject = question.get("subject");
        assertEquals("content", subject.get("kind").asText());
        assertEquals("text", subject.get("view").get("as").asText());
        assertContains(subject.toString(), "the engine runs.");
        assertEquals(
                sha256("Dear Ada,\nthe engine runs.\n"), subject.get("sha256").asText());
        assertTrue(question.get("again").isNull(), question.toString());
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(text)));
    }

    @Test
    void aKeyThatIsNotPermittedIsLikeOneThatDoesNotExist() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, "\"decrypt\": \"ask\"")).key(ring.rule(KeyRing.Kind.NISTP256, SIGN));
        start("agree");
        var hidden = ring.key(KeyRing.Kind.UNPERMITTED);
        for (String name : List.of(
                hidden.fingerprint(),
                hidden.address(),
                "0000000000000000000000000000000000000000",
                "nobody@example.org",
                ed25519().fingerprint())) {
            refused(name, "content", KeyMessage.Why.NO_KEY);
        }
        assertEquals(List.of(), questions());
        assertEquals(
                List.of(ed25519().fingerprint(), ring.key(KeyRing.Kind.NISTP256).fingerprint()),
                guest.publicKeys().fingerprints());
    }

    @Test
    void anInstanceWithoutKeysIsOfferedNone() throws Exception {
        start("agree");
        assertEquals(List.of(), guest.publicKeys().fingerprints());
        refused("", "content", KeyMessage.Why.NO_KEY);
        assertEquals(List.of(), questions());
    }

    @Test
    void denyingMakesNoSignatureAndIsNotAskedAgainAtOnce() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN)).rememberDenials(60);
        start("deny");
        refused(ed25519().fingerprint(), "content", KeyMessage.Why.DENIED);
        refused(ed25519().fingerprint(), "content", KeyMessage.Why.DENIED);
        refused(ed25519().fingerprint(), "content", KeyMessage.Why.DENIED);
        assertEquals(1, questions().size(), "the user was asked again at once");
    }

    @Test
    void nobodyAnsweringMakesNoSignature() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN)).answerWithin(5);
        start("ignore");
        refused(ed25519().fingerprint(), "content", KeyMessage.Why.EXPIRED);
        awaitTold("close", 1);
    }

    @Test
    void aGuestThatLeavesTakesItsQuestionWithIt() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN));
        start("ignore");
        KeyChannel channel = guest.open(KeyGuest.detached(ed25519().fingerprint()));
        KeyGuest.send(channel, new ByteArrayInputStream(bytes("content")));
        awaitTold("show", 1);
        channel.close();
        awaitTold("close", 1);
        // In the middle of the content: nobody is asked.
        KeyChannel half = guest.open(KeyGuest.detached(ed25519().fingerprint()));
        half.sendData(ByteBuffer.wrap(bytes("half of")));
        half.close();
        // The line is free again.
        KeyChannel next = guest.open(KeyGuest.detached(ed25519().fingerprint()));
        toClose.add(next);
        KeyGuest.send(next, new ByteArrayInputStream(bytes("more")));
        awaitTold("show", 2);
        assertEquals(
                sha256("more"), questions().get(1).get("subject").get("sha256").asText());
    }

    @Test
    void twoAtOnceAreAskedOneAfterTheOther() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN));
        start("agree");
        hold();
        var first = signing(ed25519().fingerprint(), "first");
        awaitTold("show", 1);
        var second = signing(ed25519().fingerprint(), "second");
        assertEquals(1, questions().size());
        release();
        verify(bytes("first"), ended(first).orThrow(), ed25519());
        verify(bytes("second"), ended(second).orThrow(), ed25519());
        assertEquals(2, questions().size());
    }

    /** They are sent one after the other while the first is being asked; two that arrive within a moment may overtake each other. */
    @Test
    void aHundredAtOnceAreAskedInTheirOrderAndNoneIsLost() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN));
        start("agree");
        hold();
        var channels = new ArrayList<KeyChannel>();
        var digests = new ArrayList<String>();
        for (int i = 0; i < MANY; i++) {
            KeyChannel channel = guest.open(KeyGuest.detached(ed25519().fingerprint()));
            toClose.add(channel);
            channels.add(channel);
            digests.add(sha256("content " + i));
            KeyGuest.send(channel, new ByteArrayInputStream(bytes("content " + i)));
            if (i == 0) {
                awaitTold("show", 1);
            }
        }
        release();
        for (int i = 0; i < MANY; i++) {
            var signature = new java.io.ByteArrayOutputStream();
            KeyMessage.Answer answer = KeyGuest.receive(channels.get(i), signature);
            assertTrue(
                    answer instanceof KeyMessage.Signed,
                    answer + ": " + stage.backend().log());
            assertTrue(signature.size() > 0, "nothing came of request " + i);
            if (i % 10 == 0) {
                verify(bytes("content " + i), signature.toByteArray(), ed25519());
            }
        }
        List<String> asked = questions().stream()
                .map(question -> question.get("subject").get("sha256").asText())
                .toList();
        assertEquals(MANY, asked.size());
        for (int i = 0; i < MANY; i++) {
            int place = asked.indexOf(digests.get(i));
            assertTrue(Math.abs(place - i) <= 5, "request " + i + " was asked as number " + place);
        }
    }

    @Test
    void againIsALeaseThatIsListedSpentAndRevoked() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN + ", \"again\": \"2 times\""));
        BackendProcess backend = start("agree", "--again");
        signed(ed25519(), "asked");
        JsonNode lease = backend.json("leases").get(0);
        assertEquals(Stage.INSTANCE, lease.get("instance").asText());
        assertContains(lease.toString(), ed25519().fingerprint());
        signed(ed25519(), "first without being asked");
        signed(ed25519(), "second without being asked");
        assertEquals(1, questions().size());
        assertEquals(0, backend.json("leases").size(), "its uses are spent");
        signed(ed25519(), "asked once more");
        assertEquals(2, questions().size());
        String name = backend.json("leases").get(0).get("lease").asText();
        assertEquals(0, backend.command("revoke", name).status());
        signed(ed25519(), "asked after the end of the lease");
        assertEquals(3, questions().size());
    }

    @Test
    void aPolicyThatTakesTheKeyAwayEndsItsLeaseAtOnce() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN + ", \"again\": \"10m\""))
                .key(ring.rule(KeyRing.Kind.NISTP256, SIGN));
        BackendProcess backend = start("agree", "--again");
        signed(ed25519(), "asked");
        assertEquals(1, backend.json("leases").size());
        policy.without(ed25519().fingerprint()).write();
        var reloaded = backend.command("policy", "reload");
        assertEquals(0, reloaded.status(), reloaded.out() + reloaded.err());
        assertEquals(0, backend.json("leases").size());
        refused(ed25519().fingerprint(), "content", KeyMessage.Why.NO_KEY);
        signed(ring.key(KeyRing.Kind.NISTP256), "the other key is still there");
        // A connection from before the change gets nothing either.
        hold();
        var pending = signing(ring.key(KeyRing.Kind.NISTP256).fingerprint(), "pending");
        awaitTold("show", 3);
        policy.without(ring.key(KeyRing.Kind.NISTP256).fingerprint()).write();
        assertEquals(0, backend.command("policy", "reload").status());
        release();
        assertNotEquals(KeyMessage.Signed.class, ended(pending).answer().getClass());
    }

    @Test
    void theAgentMayEndBetweenAndDuring() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN));
        start("agree");
        signed(ed25519(), "before");
        ProcessHandle agent = ring.agent();
        assertTrue(agent.destroyForcibly());
        var _ = agent.onExit().get(10, TimeUnit.SECONDS);
        signed(ed25519(), "between");
        hold();
        var pending = signing(ed25519().fingerprint(), "during");
        awaitTold("show", 3);
        agent = ring.agent();
        assertTrue(agent.destroyForcibly());
        var _ = agent.onExit().get(10, TimeUnit.SECONDS);
        release();
        // gpg starts another, as it does for everybody.
        verify(bytes("during"), ended(pending).orThrow(), ed25519());
    }

    @Test
    void aPassphraseIsAskedByTheHostAndNothingOfItReachesTheGuest() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.PASSPHRASE, SIGN));
        start("agree");
        KeyRing.Key key = ring.key(KeyRing.Kind.PASSPHRASE);
        ring.endAgent();
        assertEquals("", ring.pinentry());
        KeyGuest.Signature signature = guest.sign(KeyGuest.detached(key.fingerprint()), bytes("content"));
        verify(bytes("content"), signature.orThrow(), key);
        assertContains(ring.pinentry(), "GETPIN");
        assertTrue(!new String(signature.bytes(), java.nio.charset.StandardCharsets.ISO_8859_1)
                .contains(KeyRing.PASSPHRASE));
    }

    @Test
    void nonsenseEndsItsConnectionAndNothingElse() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN));
        start("agree");
        String ask =
                "{\"type\":\"sign-openpgp\",\"version\":1,\"key\":\"\",\"form\":\"DETACHED\",\"armour\":true,\"origin\":\"\"}";
        for (byte[] nonsense : List.of(
                bytes("GET / HTTP/1.1\r\n\r\n"),
                bytes("\0\0\0\0"),
                HexFormat.of().parseHex("7fffffff00"),
                frame("X" + ask),
                frame("D" + ask),
                frame("E"),
                frame("M{"),
                frame("M" + "[".repeat(5000)),
                frame("M{\"type\":\"delete-key\"}"),
                frame("M{\"type\":\"ready\"}"),
                frame("M" + ask.replace("DETACHED", "EXPORT")),
                frame("M" + ask.replace("\"armour\":true", "\"armour\":true,\"passphrase\":\"x\"")),
                frame("M{\"type\":\"gpg-agent\",\"version\":1}").clone())) {
            try (Connection connection = guest.connect()) {
                connection.write(ByteBuffer.wrap(nonsense));
                connection.finishWriting();
                drain(connection);
            }
        }
        // Amid the content.
        try (KeyChannel channel = guest.open(KeyGuest.detached(""))) {
            channel.sendData(ByteBuffer.wrap(bytes("content")));
            channel.connection().write(ByteBuffer.wrap(frame("M" + ask)));
            drain(channel.connection());
        }
        assertEquals(List.of(), questions());
        signed(ed25519(), "content");
    }

    private static byte[] frame(String content) {
        byte[] all = bytes(content);
        return ByteBuffer.allocate(4 + all.length).putInt(all.length).put(all).array();
    }

    /** Insists that the backend closes the connection by itself, whatever it says before. */
    private static void drain(Connection connection) throws IOException {
        var buffer = ByteBuffer.allocate(65_536);
        try {
            while (connection.read(buffer.clear(), PATIENCE) >= 0) {
                // Of no interest.
            }
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // Closed while we still had something to say.
        }
    }

    @Test
    void silentConnectionsAreBoundedAndEnd() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN));
        start("agree");
        for (int i = 0; i < 140; i++) {
            toClose.add(guest.connect());
        }
        stage.backend().awaitLog("connections about keys at once");
        // They have said nothing; their time ends, and there is room again.
        Patience.await("a connection among so many", PATIENCE, () -> {
            try {
                signed(ed25519(), "content");
                return Optional.of(true);
            } catch (EOFException | ErrnoException e) {
                return Optional.empty();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aBackendThatDiesMakesNoSignature() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.PASSPHRASE, SIGN));
        BackendProcess backend = start("ignore");
        ring.endAgent();
        // So much that gpg runs and has read it, and waits for its end.
        var pending = signing(ring.key(KeyRing.Kind.PASSPHRASE).fingerprint(), "content".repeat(100_000));
        awaitTold("show", 1);
        ProcessHandle gpg = ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(ring.home().toString()) && line.contains("--detach-sign"))
                        .isPresent())
                .findFirst()
                .orElseThrow();
        backend.kill();
        var _ = gpg.onExit().get(10, TimeUnit.SECONDS);
        assertEquals("", ring.pinentry(), "gpg went on to sign");
        assertTrue(
                org.junit.jupiter.api.Assertions.assertThrows(
                                        java.util.concurrent.ExecutionException.class, () -> ended(pending))
                                .getCause()
                        instanceof IOException);
    }
}
