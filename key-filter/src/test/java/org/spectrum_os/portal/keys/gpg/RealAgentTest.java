// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.keys.assuan.AssuanLimits;
import org.spectrum_os.portal.keys.assuan.LineReader;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** With agents that say what real ones do not say, or not here. */
@Timeout(60)
class RealAgentTest {
    private static final Keygrip KEY = new Keygrip("A".repeat(40));
    private static final byte[] HASH = new byte[32];

    private final List<String> said = new CopyOnWriteArrayList<>();

    /** An agent that answers OK, but to commands that begin with one of {@code answers}, what that says; {@code ""} ends it. */
    private RealAgent agent(String greeting, Map<String, String> answers) {
        return new RealAgent(
                () -> {
                    Connection.Ends ends = Connection.pair(SocketKind.STREAM);
                    Thread.ofPlatform().daemon().start(() -> serve(ends.second(), greeting, answers));
                    return ends.first();
                },
                List.of(new SessionOption("display", ":7"), new SessionOption("putenv", "WAYLAND_DISPLAY=wayland-ä")));
    }

    private void serve(Connection connection, String greeting, Map<String, String> answers) {
        try (connection) {
            write(connection, greeting);
            var in = new LineReader(connection);
            for (String line = in.next(Duration.ZERO); line != null; line = in.next(Duration.ZERO)) {
                said.add(line);
                String command = line;
                String answer = answers.entrySet().stream()
                        .filter(entry -> command.startsWith(entry.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse("OK\n");
                if (answer.isEmpty()) {
                    return;
                }
                if (!answer.equals("-")) {
                    write(connection, answer);
                }
            }
        } catch (IOException _) {
            // The other side has left.
        }
    }

    private static void write(Connection connection, String text) throws IOException {
        connection.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static AgentFailure fails(RealAgent agent) {
        return assertThrows(AgentFailure.class, () -> agent.sign(KEY, "a 100% + b\nc", HashAlgorithm.SHA256, HASH));
    }

    @Test
    void saysWhatGpgWouldSay() throws Exception {
        var agent = agent(
                "OK hello\n",
                Map.of(
                        "OPTION",
                        "ERR 174 unknown\n",
                        "PKSIGN",
                        """
                        # a comment
                        S PROGRESS x
                        INQUIRE PINENTRY_LAUNCHED 4711 gtk2 1.2.1
                        """,
                        "END",
                        "D (7:sig-val(3:rsa(1:s%32:a\nD %0A)))\nOK\n"));
        assertArrayEquals(
                AgentResultsTest.bytes("(7:sig-val(3:rsa(1:s2:a\n)))"),
                agent.sign(KEY, "a 100% + b\nc", HashAlgorithm.SHA256, HASH));
        assertEquals(
                List.of(
                        "OPTION display=:7",
                        "OPTION putenv=WAYLAND_DISPLAY=wayland-\u00c3\u00a4",
                        "SIGKEY " + KEY,
                        "SETKEYDESC a+100%25+%2B+b%0Ac",
                        "SETHASH 8 " + "00".repeat(32),
                        "PKSIGN",
                        "END"),
                said);
    }

    @Test
    void aDescriptionThatIsTooLongIsCut() throws Exception {
        var agent = agent("OK\n", Map.of("PKSIGN", "D (7:sig-val(3:rsa(1:s1:a)))\nOK\n"));
        byte[] _ = agent.sign(KEY, "ä\n".repeat(1000), HashAlgorithm.SHA256, HASH);
        String description = said.stream()
                .filter(line -> line.startsWith("SETKEYDESC"))
                .findFirst()
                .orElseThrow();
        assertTrue(description.length() > AssuanLimits.LINE_BYTES - 5, description);
    }

    @ParameterizedTest
    @CsvSource({
        "99,DENIED",
        "198,DENIED",
        "62,EXPIRED",
        "11,BAD_PASSPHRASE",
        "17,NO_KEY",
        "112,NO_CARD",
        "119,NO_CARD",
        "85,HOST_FAILED",
        "27,HOST_FAILED",
        "152,HOST_FAILED",
        "1,HOST_FAILED",
    })
    void errorsHaveTheirKinds(int code, AgentFailure.Kind kind) {
        var failure = fails(agent("OK\n", Map.of("PKSIGN", "ERR " + (4 << 24 | code) + " why \u00c3\u00a4\u0001\n")));
        assertEquals(kind, failure.kind());
        assertTrue(String.valueOf(failure.getMessage()).contains("why ä?"), failure.getMessage());
    }

    @Test
    void whatCannotBeDecryptedIsTheGuestsAffair() {
        var agent = agent("OK\n", Map.of("PKDECRYPT", "INQUIRE CIPHERTEXT\n", "D ", "-", "END", "ERR 152 no\n"));
        var failure = assertThrows(
                AgentFailure.class, () -> agent.decrypt(KEY, "", new Ciphertext.Rsa(new byte[] {1, '\n', 3})));
        assertEquals(AgentFailure.Kind.UNDECRYPTABLE, failure.kind());
        assertTrue(said.contains("D (7:enc-val(3:rsa(1:a3:\u0001%0A\u0003)))"), said.toString());
    }

    @Test
    void thePaddingIsPassedOn() throws Exception {
        var agent = agent("OK\n", Map.of("PKDECRYPT", "S PADDING 0\nD (5:value1:x)\nOK\n"));
        assertEquals(
                0, agent.decrypt(KEY, "", new Ciphertext.Rsa(new byte[] {1})).padding());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "D (7:sig-val(3:rsa(1:s1:a)))\nERR\n",
                "OK\n",
                "D (5:value1:a)\nOK\n",
                "D %\nOK\n",
                "OKAY\n",
                "BYE\n",
                "END\n",
                "INQUIRE NEW_PASSPHRASE\nnonsense\n",
                "D\n",
                "\0\n",
            })
    void anythingElseIsAFailure(String answer) {
        var failure = fails(agent("OK\n", Map.of("PKSIGN", answer)));
        assertEquals(AgentFailure.Kind.HOST_FAILED, failure.kind());
    }

    @Test
    void answersAreBounded() {
        String line = "D " + "x".repeat(900) + "\n";
        assertEquals(
                AgentFailure.Kind.HOST_FAILED,
                fails(agent("OK\n", Map.of("PKSIGN", line.repeat(20)))).kind());
        assertEquals(
                AgentFailure.Kind.HOST_FAILED,
                fails(agent("OK\n", Map.of("PKSIGN", "S X y\n".repeat(AssuanLimits.ANSWER_LINES))))
                        .kind());
    }

    @Test
    void passphrasesAreNotGiven() {
        var failure =
                fails(agent("OK\n", Map.of("PKSIGN", "INQUIRE PASSPHRASE\n", "CAN", "ERR 67109141 IPC cancel\n")));
        assertEquals(AgentFailure.Kind.HOST_FAILED, failure.kind());
        assertEquals("CAN", said.getLast());
    }

    @Test
    void aGreetingMayBeAnError() {
        assertEquals(
                AgentFailure.Kind.HOST_FAILED,
                fails(agent("ERR 67109115 Forbidden\n", Map.of())).kind());
    }

    @Test
    void anAgentThatIsNotThereIsSaidToBeSo() {
        var agent = new RealAgent(
                () -> {
                    throw new IOException("no such socket");
                },
                List.of());
        String message = String.valueOf(fails(agent).getMessage());
        assertTrue(message.contains("no such socket") && message.contains("gpgconf --launch"), message);
    }

    @Test
    void versionsAreVersions() throws Exception {
        assertEquals(
                "2.2.40", agent("OK\n", Map.of("GETINFO", "D 2.2.40\nOK\n")).version());
        var agent = agent("OK\n", Map.of("GETINFO", "D <b>\nOK\n"));
        assertThrows(AgentFailure.class, agent::version);
    }

    @Test
    void closingEndsWhatIsGoingOn() throws Exception {
        var agent = agent("OK\n", Map.of("PKSIGN", "-"));
        var ended = new CountDownLatch(1);
        Thread.ofPlatform().start(() -> {
            assertEquals(AgentFailure.Kind.DENIED, fails(agent).kind());
            ended.countDown();
        });
        while (!said.contains("PKSIGN")) {
            Thread.onSpinWait();
        }
        assertFalse(ended.await(50, TimeUnit.MILLISECONDS));
        agent.close();
        assertTrue(ended.await(20, TimeUnit.SECONDS));
        assertEquals(AgentFailure.Kind.DENIED, fails(agent).kind());
    }

    @Test
    void optionsOfASessionAreOneLine() {
        for (String bad : new String[] {"", "a\nb", "a\0", "x".repeat(801)}) {
            assertThrows(IllegalArgumentException.class, () -> new SessionOption("display", bad));
        }
        assertThrows(IllegalArgumentException.class, () -> new SessionOption("display=x y", ":0"));
    }
}
