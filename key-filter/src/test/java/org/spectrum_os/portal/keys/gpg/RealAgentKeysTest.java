// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.keys.assuan.Sexp;

/** With the real gpg-agent of this computer. */
@Timeout(120)
class RealAgentKeysTest {
    private static GnupgHome host;

    @BeforeAll
    static void generate() throws Exception {
        host = new GnupgHome();
        host.generate("ed25519@example.org", "ed25519", "cv25519", "");
        host.generate("nistp256@example.org", "nistp256", "nistp256", "");
        host.generate("nistp521@example.org", "nistp521", "nistp521", "");
        host.generate("rsa2048@example.org", "rsa2048", "rsa2048", "");
    }

    @AfterAll
    static void end() throws Exception {
        host.close();
    }

    /**
     * What GnuPG 2.5.7 and later sends for a message (g10/pubkey-enc.c, g10/ecdh.c), made of what this one encrypts.
     *
     * @param curve its object identifier, with its length before it
     */
    private static Ciphertext.WrappedEcdh wrapped(String user, String curve, int hash, int cipher) throws Exception {
        ByteBuffer packet = ByteBuffer.wrap(host.gpg("secret".getBytes(StandardCharsets.US_ASCII), "-e", "-r", user)
                .ok()
                .out());
        // RFC 9580, 5.1: an old header, version 3, key id, algorithm, point, wrapped key.
        assertEquals(0x84, Byte.toUnsignedInt(packet.get()));
        int length = Byte.toUnsignedInt(packet.get());
        assertTrue(length > 80, "a packet of " + length + " bytes");

        packet.position(packet.position() + 9);
        assertEquals(18, packet.get());
        byte[] point = new byte[(packet.getShort() + 7) / 8];
        packet.get(point);
        byte[] session = new byte[1 + packet.get(packet.position())];
        packet.get(session);
        var parameters = new ByteArrayOutputStream();
        parameters.writeBytes(HexFormat.of().parseHex(curve));
        parameters.writeBytes(new byte[] {18, 3, 1, (byte) hash, (byte) cipher});
        parameters.writeBytes("Anonymous Sender    ".getBytes(StandardCharsets.US_ASCII));
        parameters.writeBytes(HexFormat.of().parseHex(subkey(user)));
        return new Ciphertext.WrappedEcdh(
                cipher == 7 ? 16 : cipher == 8 ? 24 : 32,
                HashAlgorithm.of(hash).orElseThrow(),
                point,
                session,
                parameters.toByteArray());
    }

    private static String subkey(String user) throws Exception {
        return host.gpg("--with-colons", "--list-keys", user)
                .ok()
                .text()
                .lines()
                .filter(line -> line.startsWith("fpr:"))
                .map(line -> line.split(":", -1)[9])
                .toList()
                .get(1);
    }

    @ParameterizedTest
    @CsvSource({
        "ed25519,0A2B060104019755010501,8,7",
        "nistp256,082A8648CE3D030107,8,7",
        "nistp521,052B81040023,10,9",
    })
    void aSessionKeyIsUnwrapped(String user, String curve, int hash, int cipher) throws Exception {
        Keygrip key = host.keygrips(user + "@example.org").get(1);
        Ciphertext.WrappedEcdh wrapped = wrapped(user + "@example.org", curve, hash, cipher);
        try (var agent = new RealAgent(host, List.of())) {
            byte[] plain = agent.decrypt(key, "", wrapped).value();
            byte[] frame = AgentResults.value(plain);
            // An algorithm, the session key, two bytes of sum, padding that tells its length (RFC 9580, 11.5).
            assertEquals(40, frame.length);
            int padding = frame[frame.length - 1];
            int keyLength = frame.length - padding - 3;
            assertTrue(keyLength == 16 || keyLength == 32, "a key of " + keyLength + " bytes");
            int sum = 0;
            for (int i = 1; i <= keyLength; i++) {
                sum += Byte.toUnsignedInt(frame[i]);
            }
            assertEquals(
                    sum & 0xffff, Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(keyLength + 1)));

            byte[] other = wrapped.kdfParams().clone();
            other[other.length - 1] ^= 1;
            var failure = assertThrows(
                    AgentFailure.class,
                    () -> agent.decrypt(
                            key,
                            "",
                            new Ciphertext.WrappedEcdh(
                                    wrapped.cipherBytes(), wrapped.hash(), wrapped.e(), wrapped.s(), other)));
            assertEquals(AgentFailure.Kind.UNDECRYPTABLE, failure.kind());
        }
    }

    @Test
    void aWrappedKeyOfAnotherLengthIsNone() throws Exception {
        Keygrip key = host.keygrips("ed25519@example.org").get(1);
        Ciphertext.WrappedEcdh good = wrapped("ed25519@example.org", "0A2B060104019755010501", 8, 7);
        List<byte[]> bad = new ArrayList<>(List.of(new byte[] {0}, new byte[] {8, 1, 2, 3, 4, 5, 6, 7, 8}));
        bad.add(Arrays.copyOf(good.s(), good.s().length - 1));
        bad.add(Arrays.copyOf(good.s(), good.s().length + 8));
        try (var agent = new RealAgent(host, List.of())) {
            for (byte[] s : bad) {
                var failure = assertThrows(
                        AgentFailure.class,
                        () -> agent.decrypt(
                                key,
                                "",
                                new Ciphertext.WrappedEcdh(
                                        good.cipherBytes(), good.hash(), good.e(), s, good.kdfParams())));
                assertEquals(AgentFailure.Kind.UNDECRYPTABLE, failure.kind());
            }
        }
    }

    @Test
    void aKeyThatTheAgentDoesNotHave() throws Exception {
        var missing = new Keygrip("0".repeat(40));
        try (var agent = new RealAgent(host, List.of())) {
            var unsigned =
                    assertThrows(AgentFailure.class, () -> agent.sign(missing, "", HashAlgorithm.SHA256, new byte[32]));
            assertEquals(AgentFailure.Kind.NO_KEY, unsigned.kind());
            var unread = assertThrows(AgentFailure.class, () -> agent.publicKey(missing));
            assertEquals(AgentFailure.Kind.NO_KEY, unread.kind());
            assertTrue(agent.version().startsWith("2."), agent.version());
        }
    }

    @Test
    void nonsenseIsNotDecrypted() throws Exception {
        Keygrip key = host.keygrips("ed25519@example.org").get(1);
        try (var agent = new RealAgent(host, List.of())) {
            var failure = assertThrows(
                    AgentFailure.class,
                    () -> agent.decrypt(key, "", new Ciphertext.Ecdh(new byte[] {1}, new byte[65])));
            assertEquals(AgentFailure.Kind.UNDECRYPTABLE, failure.kind(), failure.getMessage());
            var other =
                    assertThrows(AgentFailure.class, () -> agent.decrypt(key, "", new Ciphertext.Rsa(new byte[256])));
            assertEquals(AgentFailure.Kind.UNDECRYPTABLE, other.kind(), other.getMessage());
        }
    }

    /** A stub says on which card a key is; there is none, and the user says so. */
    @Test
    void aKeyOnACardThatIsNotThere() throws Exception {
        Keygrip key = host.keygrips("rsa2048@example.org").getFirst();
        try (var withStub = new GnupgHome();
                var agent = new RealAgent(host, List.of());
                var cardAgent = new RealAgent(withStub, List.of())) {
            Sexp.Node numbers =
                    (Sexp.Node) Sexp.parse(agent.publicKey(key)).elements().get(1);
            List<Sexp> stub = new ArrayList<>(numbers.elements());
            stub.add(new Sexp.Node(List.of(
                    Sexp.Atom.of("shadowed"),
                    Sexp.Atom.of("t1-v1"),
                    new Sexp.Node(List.of(
                            new Sexp.Atom(HexFormat.of().parseHex("D2760001240102000005000012340000")),
                            Sexp.Atom.of("OPENPGP.1"))))));
            Files.createDirectory(withStub.folder.resolve("private-keys-v1.d"));
            Files.write(
                    withStub.folder.resolve("private-keys-v1.d/" + key + ".key"),
                    Sexp.Node.of("shadowed-private-key", new Sexp.Node(stub)).canonical());
            withStub.pinentry("echo 'ERR 83886179 cancelled'", "echo 'ERR 83886179 cancelled'");
            var failure =
                    assertThrows(AgentFailure.class, () -> cardAgent.sign(key, "", HashAlgorithm.SHA256, new byte[32]));
            assertTrue(
                    failure.kind() == AgentFailure.Kind.NO_CARD || failure.kind() == AgentFailure.Kind.DENIED,
                    failure.getMessage());
        }
    }
}
