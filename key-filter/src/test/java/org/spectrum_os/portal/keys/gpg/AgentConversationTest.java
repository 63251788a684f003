// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.keys.assuan.AssuanLimits;
import org.spectrum_os.portal.keys.assuan.LineReader;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

@Timeout(60)
class AgentConversationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String HASH = "SETHASH 8 " + "0".repeat(64);
    private static final String REFUSED = "ERR 67109888 Not allowed for this VM";
    private static final String NO_KEY = "ERR 67108881 No secret key";

    private final FakeKeys keys = new FakeKeys();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final CountDownLatch gone = new CountDownLatch(1);
    private Connection guest;
    private LineReader in;
    private Thread conversation;

    @BeforeEach
    void connect() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        guest = ends.first();
        in = new LineReader(guest);
        conversation = Thread.ofPlatform()
                .start(() -> new AgentConversation(ends.second(), keys, gone::countDown, log::add).run());
        assertEquals("OK Pleased to meet you", in.next(PATIENCE));
    }

    @AfterEach
    void end() throws Exception {
        guest.close();
        assertTrue(conversation.join(PATIENCE), "the conversation does not end");
    }

    private void send(String... lines) throws Exception {
        guest.write(ByteBuffer.wrap((String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** All lines up to OK, ERR or INQUIRE, or the end. */
    private String answer() throws Exception {
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = in.next(PATIENCE);
            lines.add(String.valueOf(line));
            if (line == null || line.matches("(?s)(OK|ERR|INQUIRE).*")) {
                return String.join("\n", lines);
            }
        }
    }

    private String ask(String line) throws Exception {
        send(line);
        return answer();
    }

    private void assertEnds() throws Exception {
        assertNull(in.next(PATIENCE));
        guest.close();
        assertTrue(conversation.join(PATIENCE));
    }

    @Test
    void signs() throws Exception {
        assertEquals("OK", ask("RESET"));
        assertEquals("OK", ask("SIGKEY " + FakeKeys.SIGNS));
        assertEquals("OK", ask("SETKEYDESC Do+not+ask"));
        assertEquals("OK", ask(HASH));
        assertEquals("D (7:sig-val(3:rsa(1:s3:a%25b)))\nOK", ask("PKSIGN"));
        assertEquals(List.of("sign " + FakeKeys.SIGNS + " SHA256 32"), keys.asked);
        assertEquals("OK closing connection", ask("BYE"));
        assertEnds();
    }

    @Test
    void aResetForgetsKeyAndHash() throws Exception {
        ask("SIGKEY " + FakeKeys.SIGNS);
        assertEquals("ERR 67108992 Missing value", ask("PKSIGN"));
        ask(HASH);
        ask("RESET");
        ask(HASH);
        assertEquals(NO_KEY, ask("PKSIGN"));
        assertTrue(keys.asked.isEmpty());
    }

    @Test
    void decryptsWhatComesInSeveralLines() throws Exception {
        ask("SETKEY " + FakeKeys.DECRYPTS);
        assertEquals("S INQUIRE_MAXLEN 4096\nINQUIRE CIPHERTEXT", ask("PKDECRYPT"));
        String a = "x".repeat(512);
        send("D (7:enc-val(3:elg(1:a512:" + a + ")", "D (1:b512:" + a.substring(3) + "%0A%25", "D %00)))", "END");
        assertEquals("D (5:value3:abc)\nOK", answer());
        var elgamal = assertInstanceOf(Ciphertext.Elgamal.class, keys.asked.getFirst());
        assertEquals("x\n%\0", new String(elgamal.b(), 508, 4, StandardCharsets.ISO_8859_1));
    }

    @Test
    void tellsThePadding() throws Exception {
        ask("SETKEY " + FakeKeys.DECRYPTS);
        ask("PKDECRYPT");
        send("D (7:enc-val(3:rsa(1:a1:x)))", "END");
        assertEquals("S PADDING 0\nD (5:value3:abc)\nOK", answer());
    }

    @Test
    void decryptsAsGnupg257Wants() throws Exception {
        ask("SETKEY " + FakeKeys.DECRYPTS);
        ask("PKDECRYPT --kem=PGP");
        send(
                "D (7:enc-val(3:ecc(1:c1:9)(1:h2:10)(1:e32:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx)(1:s1:s)(10:kdf-params2:xy)))",
                "END");
        assertEquals("D (5:value3:abc)\nOK", answer());
        var wrapped = assertInstanceOf(Ciphertext.WrappedEcdh.class, keys.asked.getFirst());
        assertEquals(32, wrapped.cipherBytes());
        assertEquals(HashAlgorithm.SHA512, wrapped.hash());
    }

    @Test
    void postQuantumKeysAreNotSupportedAndNoMore() throws Exception {
        ask("SETKEY " + FakeKeys.DECRYPTS);
        assertEquals("ERR 67108924 Not supported", ask("SETKEY --another " + FakeKeys.SIGNS));
        assertEquals("ERR 67108924 Not supported", ask("PKDECRYPT --kem=PQC-PGP"));
        assertEquals("OK", ask("NOP"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "D (7:enc-val(3:dsa(1:a1:x)))",
                "D (7:enc-val(3:rsa(1:b1:x)))",
                "D (7:enc-val(3:rsa(1:a0:)))",
                "D (7:enc-val(3:rsa(1:a1:x)(1:b1:x)))",
                "D (7:enc-val(5:flags5:pkcs1)(3:rsa(1:a1:x)))",
                "D (7:enc-val(3:elg(1:b1:x)(1:a1:x)))",
                "D (7:enc-val(3:ecc(1:c1:9)(1:h2:10)(1:e32:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx)(1:s1:s)(10:kdf-params2:xy)))",
                "D (7:enc-val(3:pqc(1:e1:x)(1:k1:x)(1:s1:x)(1:c1:9)(10:fixed-info1:x)))",
                "D (7:enc-val(4:ecdh(1:s1:x)(1:e3:@@@)))",
                "D (7:enc-val(4:ecdh(1:s1:x)(1:e33:Exxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx)))",
                "D (7:sig-val(3:rsa(1:s1:x)))",
                "D (7:enc-val(3:rsa(1:a1:x)))(1:b)",
                "D (enc-val(rsa(a#00#)))",
                "D %",
                "",
                "D",
                "OK",
                "INQUIRE X",
                "# comment",
                "BYE",
            })
    void anyOtherCiphertextEndsTheConnection(String line) throws Exception {
        ask("SETKEY " + FakeKeys.DECRYPTS);
        ask("PKDECRYPT");
        send(line, "END");
        assertEquals(REFUSED, answer());
        assertEnds();
        assertTrue(keys.asked.isEmpty());
        assertEquals(1, log.size(), log.toString());
    }

    @Test
    void kemWantsItsOwnForm() throws Exception {
        ask("SETKEY " + FakeKeys.DECRYPTS);
        ask("PKDECRYPT --kem=PGP");
        send("D (7:enc-val(4:ecdh(1:s1:x)(1:e32:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx)))", "END");
        assertEquals(REFUSED, answer());
        assertEnds();
    }

    @Test
    void anAnswerToAnInquiryIsBounded() throws Exception {
        ask("SETKEY " + FakeKeys.DECRYPTS);
        ask("PKDECRYPT");
        String line = "D " + "x".repeat(900);
        send(line, line, line, line);
        send(line);
        assertEquals(REFUSED, answer());
        assertEnds();
    }

    @Test
    void anInquiryCanBeCalledOff() throws Exception {
        ask("SETKEY " + FakeKeys.DECRYPTS);
        ask("PKDECRYPT");
        assertEquals("ERR 67109141 IPC call has been cancelled", ask("CAN"));
        assertEquals("OK", ask("NOP"));
    }

    @Test
    void keysAreListed() throws Exception {
        assertEquals("OK", ask("HAVEKEY " + FakeKeys.FORBIDDEN + " " + FakeKeys.SIGNS));
        assertEquals(NO_KEY, ask("HAVEKEY " + FakeKeys.FORBIDDEN));
        assertEquals("D " + "\u00aa".repeat(20) + "\u00bb".repeat(20) + "\nOK", ask("HAVEKEY --list=1000"));
        assertEquals("ERR 67108938 Result truncated", ask("HAVEKEY --list=1"));
        assertEquals(
                "S KEYINFO " + FakeKeys.SIGNS + " D - - - - - - -\nS KEYINFO " + FakeKeys.DECRYPTS
                        + " D - - - - - - -\nOK",
                ask("KEYINFO --list"));
        assertEquals("D " + FakeKeys.SIGNS + " D - - - - - - -%0A\nOK", ask("KEYINFO --data " + FakeKeys.SIGNS));
        assertEquals("D (10:public-key(3:rsa(1:n1:%25)(1:e1:%0A)))\nOK", ask("READKEY -- " + FakeKeys.SIGNS));
        assertEquals("OK", ask("READKEY --no-data " + FakeKeys.SIGNS));
    }

    /** A key of the host that this guest may not use, and one that nobody has. */
    @ParameterizedTest
    @ValueSource(strings = {"CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC", "0123456789012345678901234567890123456789"})
    void aForbiddenKeyIsAKeyThatDoesNotExist(String grip) throws Exception {
        assertEquals(NO_KEY, ask("HAVEKEY " + grip));
        assertEquals("ERR 67108891 Not found", ask("KEYINFO " + grip));
        assertEquals(NO_KEY, ask("READKEY " + grip));
        assertEquals("OK", ask("SIGKEY " + grip));
        assertEquals("OK", ask(HASH));
        assertEquals(NO_KEY, ask("PKSIGN"));
        assertEquals("OK", ask("SETKEY " + grip));
        ask("PKDECRYPT");
        send("D (7:enc-val(3:rsa(1:a1:x)))", "END");
        assertEquals(NO_KEY, answer());
        assertTrue(keys.asked.isEmpty());
    }

    @Test
    void questionsAreAnsweredHere() throws Exception {
        assertEquals("D 2.5.99\nOK", ask("GETINFO version"));
        assertEquals("D 65011712\nOK", ask("GETINFO s2k_count"));
        assertEquals("OK", ask("GETINFO restricted"));
        assertEquals("ERR 67109120 False", ask("GETINFO jent_active"));
        assertEquals("ERR 67109144 IPC parameter error", ask("GETINFO pid"));
        assertEquals("ERR 67108983 No SmartCard daemon", ask("SCD SERIALNO"));
        assertEquals("ERR 67109139 Unknown IPC command", ask("AGENT_ID"));
        assertEquals("OK", ask("OPTION putenv=PINENTRY_USER_DATA=x"));
        assertEquals("ERR 67108924 Not supported", ask("OPTION pinentry-mode=loopback"));
        assertEquals("ERR 67109038 Unknown option", ask("OPTION of-the-future"));
        assertTrue(keys.asked.isEmpty());
    }

    @Test
    void aFailureIsToldByItsKindAndNoMore() throws Exception {
        keys.failure = new AgentFailure(AgentFailure.Kind.DENIED, "secret of the host");
        ask("SIGKEY " + FakeKeys.SIGNS);
        ask(HASH);
        assertEquals("ERR 67108963 Operation cancelled", ask("PKSIGN"));
        assertEquals(List.of("secret of the host"), log);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EXPORT_KEY x", "KILLAGENT", "PASSWD", "nonsense", "SIGKEY x", "NOP\0"})
    void whatIsRefusedEndsTheConnection(String line) throws Exception {
        send(line, "NOP");
        assertEquals(REFUSED, answer());
        assertEnds();
        assertEquals(1, log.size(), log.toString());
        assertFalse(log.getFirst().contains("nonsense "), log.toString());
    }

    @Test
    void aLineThatIsTooLongEndsTheConnection() throws Exception {
        send("NOP " + "x".repeat(AssuanLimits.LINE_BYTES));
        assertEquals(REFUSED, answer());
        assertEnds();
    }

    @Test
    void aGuestThatLeavesDuringTheQuestionIsNoticed() throws Exception {
        var decision = new CountDownLatch(1);
        keys.decision = decision;
        send("SIGKEY " + FakeKeys.SIGNS, HASH, "PKSIGN");
        assertTrue(keys.asking.await(20, TimeUnit.SECONDS));
        assertEquals(1, gone.getCount());
        guest.close();
        assertTrue(gone.await(20, TimeUnit.SECONDS));
        decision.countDown();
        assertTrue(conversation.join(PATIENCE));
    }

    @Test
    void nothingIsAskedForAGuestThatHasLeft() throws Exception {
        var lines = new GuestLines(gone::countDown);
        assertTrue(lines.add("PKSIGN"));
        lines.end(null);
        assertEquals("PKSIGN", lines.next());
        assertFalse(lines.begin());
        assertNull(lines.next());
        assertEquals(1, gone.getCount());
    }

    @Test
    void aFewLinesAheadAreWaitedFor() throws Exception {
        var decision = new CountDownLatch(1);
        keys.decision = decision;
        send("SIGKEY " + FakeKeys.SIGNS, HASH, "PKSIGN");
        assertTrue(keys.asking.await(20, TimeUnit.SECONDS));
        send("NOP\n".repeat(GuestLines.MOST_AHEAD).strip());
        decision.countDown();
        for (int i = 0; i < GuestLines.MOST_AHEAD + 3; i++) {
            assertTrue(answer().endsWith("OK"));
        }
        assertEquals(1, gone.getCount());
    }

    @Test
    void manyLinesAheadEndTheConnection() throws Exception {
        var decision = new CountDownLatch(1);
        keys.decision = decision;
        send("SIGKEY " + FakeKeys.SIGNS, HASH, "PKSIGN");
        assertTrue(keys.asking.await(20, TimeUnit.SECONDS));
        send("NOP\n".repeat(GuestLines.MOST_AHEAD + 1).strip());
        assertTrue(gone.await(20, TimeUnit.SECONDS));
        decision.countDown();
        assertTrue(conversation.join(PATIENCE));
    }

    @Test
    void manyLinesWhileNothingIsPendingAreAnswered() throws Exception {
        int many = 20 * GuestLines.MOST_AHEAD;
        send("NOP\n".repeat(many).strip());
        for (int i = 0; i < many; i++) {
            assertEquals("OK", answer());
        }
    }
}
