// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.protocol.FrameChannel;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** The client of a real ssh-agent, and of one that is none. */
@Timeout(60)
class SshAgentClientTest {
    private static final SshKey KEY = SshKey.of(
            new WireWriter().string("ssh-ed25519").string(new byte[32]).toBytes(), "");

    private static SshAgentFailure.Kind failure(SshAgentClient client) {
        return assertThrows(SshAgentFailure.class, client::identities).kind();
    }

    @Test
    void aRealAgentIsAskedAndFoundAgainAfterARestart() throws Exception {
        try (var agent = new RealAgent();
                SshAgentClient client = agent.client()) {
            List<SshKey> expected = List.of(agent.key("id_rsa"), agent.key("id_ed25519"), agent.key("id_ecdsa"));
            assertEquals(expected, client.identities());

            agent.stop();
            assertEquals(SshAgentFailure.Kind.GONE, failure(client));

            agent.restart();
            assertEquals(expected, client.identities());

            agent.run(java.util.Map.of("SSH_AUTH_SOCK", agent.socket().toString()), "ssh-add", "-D")
                    .expectSuccess();
            assertEquals(List.of(), client.identities());
            SshAgentFailure refused =
                    assertThrows(SshAgentFailure.class, () -> client.sign(expected.get(1), new byte[100], 0));
            assertEquals(SshAgentFailure.Kind.REFUSED, refused.kind());
        }
    }

    /** A client of an agent that answers so, whatever it is asked. */
    private static SshAgentClient answering(byte[] answer) {
        return new SshAgentClient(() -> {
            Connection.Ends ends = Connection.pair(SocketKind.STREAM);
            Thread.ofPlatform().daemon().start(() -> {
                try (var frames = new FrameChannel(ends.second())) {
                    frames.receive(Duration.ZERO);
                    frames.send(answer);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            return ends.first();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0c", // No count.
                "0cffffffff", // Too many.
                "0c00000001", // One that is not there.
                "0c00000001" + "00000000" + "00000000", // A key of no bytes.
                "0c00000001" + "7fffffff" + "00", // A key of two gigabytes.
                "0c00000001" + "00000001aa" + "00000000" + "00", // Something behind it.
                "06", // Success, at what?
                "0e00000000" // The answer to another question.
            })
    void anAnswerThatIsNoneIsMalformed(String answer) {
        try (SshAgentClient client = answering(HexFormat.of().parseHex(answer))) {
            assertEquals(SshAgentFailure.Kind.MALFORMED, failure(client));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 30, 102})
    void aFailureIsARefusal(int type) {
        try (SshAgentClient client = answering(new byte[] {(byte) type})) {
            assertEquals(SshAgentFailure.Kind.REFUSED, failure(client));
        }
    }

    @Test
    void aSignatureByAnotherAlgorithmIsMalformed() {
        byte[] blob = new WireWriter().string("ssh-rsa").string(new byte[64]).toBytes();
        byte[] answer = new WireWriter().octet(14).string(blob).toBytes();
        try (SshAgentClient client = answering(answer)) {
            SshAgentFailure failure = assertThrows(SshAgentFailure.class, () -> client.sign(KEY, new byte[1], 0));
            assertEquals(SshAgentFailure.Kind.MALFORMED, failure.kind());
        }
    }

    @Test
    void aCommentThatIsNotTextIsNoReasonToDoWithoutTheKey() throws Exception {
        byte[] answer = new WireWriter()
                .octet(12)
                .uint32(1)
                .string(KEY.blob())
                .string(new byte[] {(byte) 0xff})
                .toBytes();
        try (SshAgentClient client = answering(answer)) {
            assertEquals(KEY.hex(), client.identities().getFirst().hex());
        }
    }

    @Test
    void closingEndsWhatAnAgentDoesNotAnswer() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        var asked = new CountDownLatch(1);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                new FrameChannel(ends.second()).receive(Duration.ZERO);
                asked.countDown();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        var client = new SshAgentClient(ends::first);
        CompletableFuture<SshAgentFailure> failed = CompletableFuture.supplyAsync(
                () -> assertThrows(SshAgentFailure.class, () -> client.sign(KEY, new byte[1], 0)));
        assertTrue(asked.await(20, TimeUnit.SECONDS));

        client.close();

        assertEquals(SshAgentFailure.Kind.GONE, failed.get(20, TimeUnit.SECONDS).kind());
        assertEquals(SshAgentFailure.Kind.GONE, failure(client), "not asked any more");
        ends.second().close();
    }
}
