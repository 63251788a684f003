// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is taken for a login or a signature, and all that is not. */
@Timeout(60)
class SignedDataTest {
    static final SshKey KEY = SshKey.of(
            new WireWriter().string("ssh-ed25519").string(new byte[32]).toBytes(), "mine");
    static final SshKey RSA = SshKey.of(
            new WireWriter()
                    .string("ssh-rsa")
                    .string(new byte[] {1, 0, 1})
                    .string(new byte[] {1, 2, 3})
                    .toBytes(),
            "old");
    private static final FakeServer SERVER = new FakeServer();
    private static final byte[] SESSION = FakeServer.session(1);

    private static SshRequest understand(byte[] data, SessionBindings bindings) throws RefusedException {
        return SignedData.understand(KEY, data, 0, bindings);
    }

    private static GuestMessage.SessionBind bind(FakeServer server, byte[] session, boolean forwarding) {
        return new GuestMessage.SessionBind(server.key(), session, server.sign(session), forwarding);
    }

    private static SshRequest.Login login(SessionBindings bindings, byte[] session, byte... hostKey) throws Exception {
        byte[] data = FakeServer.login(session, "jo", KEY, "ssh-ed25519", hostKey.length == 0 ? null : hostKey);
        return assertInstanceOf(SshRequest.Login.class, understand(data, bindings));
    }

    @Test
    void aServerIsKnownWhenItsSessionIsBound() throws Exception {
        var bindings = new SessionBindings();
        assertEquals(null, login(bindings, SESSION).server());
        // A program that binds nothing may still use the newer method: what it names is no proof.
        assertEquals(null, login(bindings, SESSION, SERVER.key()).server());

        bindings.add(bind(SERVER, SESSION, false));

        assertEquals(SshKey.of(SERVER.key(), ""), login(bindings, SESSION).server());
        assertEquals(
                SshKey.of(SERVER.key(), ""),
                login(bindings, SESSION, SERVER.key()).server());
        assertThrows(RefusedException.class, () -> login(bindings, SESSION, new FakeServer().key()));
        assertThrows(RefusedException.class, () -> login(bindings, FakeServer.session(2)));
    }

    @Test
    void throughAForwardedAgentALoginIsSaidToBeForwarded() throws Exception {
        var bindings = new SessionBindings();
        var far = new FakeServer();
        bindings.add(bind(SERVER, SESSION, true));
        assertTrue(login(bindings, FakeServer.session(2)).forwarded(), "an old ssh at the far end binds nothing");
        assertEquals(null, login(bindings, FakeServer.session(2)).server());
        assertThrows(RefusedException.class, () -> login(bindings, SESSION), "the session that carries the agent");

        bindings.add(bind(far, FakeServer.session(2), false));

        assertEquals(
                new SshKey(HexFormat.of().formatHex(far.key()), ""),
                login(bindings, FakeServer.session(2)).server());
        assertTrue(login(bindings, FakeServer.session(2)).forwarded());
    }

    @Test
    void bindingsFollowTheRulesOfOpenSsh() throws Exception {
        var bindings = new SessionBindings();
        bindings.add(bind(SERVER, SESSION, true));
        bindings.add(bind(SERVER, SESSION, true));
        assertThrows(RefusedException.class, () -> bindings.add(bind(new FakeServer(), SESSION, true)));
        for (int i = 2; i <= SessionBindings.MOST; i++) {
            bindings.add(bind(SERVER, FakeServer.session(i), true));
        }
        assertThrows(RefusedException.class, () -> bindings.add(bind(SERVER, FakeServer.session(99), true)));

        var ended = new SessionBindings();
        ended.add(bind(SERVER, SESSION, false));
        assertThrows(RefusedException.class, () -> ended.add(bind(SERVER, SESSION, false)));
        assertThrows(RefusedException.class, () -> ended.add(bind(SERVER, FakeServer.session(2), true)));
        assertThrows(RefusedException.class, () -> new SessionBindings().add(bind(SERVER, new byte[19], false)));
    }

    @Test
    void noServerIsKnownByAnothersSignature() {
        byte[] good = SERVER.sign(SESSION);
        for (byte[] signature : List.of(
                new FakeServer().sign(SESSION),
                SERVER.sign(FakeServer.session(2)),
                Arrays.copyOf(good, good.length + 1),
                Arrays.copyOf(good, good.length - 1),
                new byte[0],
                new WireWriter().string("ssh-rsa").string(new byte[64]).toBytes())) {
            var bind = new GuestMessage.SessionBind(SERVER.key(), SESSION, signature, false);
            assertThrows(RefusedException.class, () -> new SessionBindings().add(bind));
        }
    }

    static Stream<byte[]> keysThatProveNothing() {
        byte[] point = new byte[65];
        point[0] = 4;
        return Stream.of(
                new byte[0],
                new byte[] {0, 0, 0, 99},
                new WireWriter().string("ssh-ed25519").string(new byte[31]).toBytes(),
                // A point that is none.
                new WireWriter()
                        .string("ssh-ed25519")
                        .string(new byte[] {
                            2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                            0
                        })
                        .toBytes(),
                new WireWriter().string("ssh-ed25519-cert-v01@openssh.com").toBytes(),
                new WireWriter().string("ssh-dss").toBytes(),
                new WireWriter()
                        .string("ecdsa-sha2-nistp256")
                        .string("nistp256")
                        .string(point)
                        .toBytes(),
                new WireWriter()
                        .string("ecdsa-sha2-nistp256")
                        .string("nistp384")
                        .string(point)
                        .toBytes(),
                // 1024 bits.
                new WireWriter()
                        .string("ssh-rsa")
                        .string(new byte[] {3})
                        .string(one(128))
                        .toBytes(),
                // An even exponent; a modulus that ends with zeros.
                new WireWriter()
                        .string("ssh-rsa")
                        .string(new byte[] {2})
                        .string(one(256))
                        .toBytes(),
                new WireWriter()
                        .string("ssh-rsa")
                        .string(new byte[] {3})
                        .string(one(3000))
                        .toBytes(),
                new WireWriter()
                        .string("ssh-rsa")
                        .string(new byte[] {-1})
                        .string(one(256))
                        .toBytes());
    }

    private static byte[] one(int bytes) {
        byte[] number = new byte[bytes];
        number[0] = 0x7f;
        return number;
    }

    @ParameterizedTest
    @MethodSource("keysThatProveNothing")
    void aKeyThatIsNoneProvesNothing(byte[] key) {
        for (String algorithm : List.of("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "ssh-rsa")) {
            byte[] signature =
                    new WireWriter().string(algorithm).string(new byte[64]).toBytes();
            assertThrows(RefusedException.class, () -> HostSignature.verify(key, SESSION, signature));
        }
    }

    @Test
    void aSignatureIsSeenWithNamespaceAndHash() throws Exception {
        byte[] hash = new byte[32];
        hash[0] = (byte) 0xab;
        var seen = assertInstanceOf(
                SshRequest.Signature.class, understand(FakeServer.file("git", "sha256", hash), new SessionBindings()));
        assertEquals("git", seen.namespace().<String>validate(name -> name));
        assertEquals("sha256", seen.algorithm());
        assertEquals("ab" + "00".repeat(31), seen.hash());
        understand(FakeServer.file("n".repeat(256), "sha512", new byte[64]), new SessionBindings());
    }

    static Stream<byte[]> neitherLoginNorSignature() {
        byte[] login = FakeServer.login(SESSION, "jo", KEY, "ssh-ed25519", null);
        byte[] bound = FakeServer.login(SESSION, "jo", KEY, "ssh-ed25519", SERVER.key());
        byte[] file = FakeServer.file("git", "sha512", new byte[64]);
        UnaryOperator<byte[]> longer = data -> Arrays.copyOf(data, data.length + 1);
        UnaryOperator<byte[]> shorter = data -> Arrays.copyOf(data, data.length - 1);
        return Stream.of(
                new byte[0],
                "anything that a program would like signed".getBytes(US_ASCII),
                longer.apply(login),
                shorter.apply(login),
                longer.apply(bound),
                shorter.apply(bound),
                longer.apply(file),
                shorter.apply(file),
                replaced(login, "ssh-connection", "ssh-userauth!!"),
                replaced(login, "publickey", "hostbased"),
                replaced(login, "publickey", "publickez"),
                replaced(bound, "hostbound-v00", "hostbound-v01"),
                replaced(login, "ssh-ed25519", "ssh-ed25518"),
                replaced(login, "jo", "\0o"),
                FakeServer.login(new byte[19], "jo", KEY, "ssh-ed25519", null),
                FakeServer.login(new byte[65], "jo", KEY, "ssh-ed25519", null),
                FakeServer.login(SESSION, "", KEY, "ssh-ed25519", null),
                FakeServer.login(SESSION, "j".repeat(257), KEY, "ssh-ed25519", null),
                FakeServer.login(SESSION, "jo", RSA, "ssh-ed25519", null),
                FakeServer.login(SESSION, "jo", KEY, "ssh-ed25519-cert-v01@openssh.com", null),
                FakeServer.file("", "sha512", new byte[64]),
                FakeServer.file("n".repeat(257), "sha512", new byte[64]),
                FakeServer.file("git", "sha512", new byte[32]),
                FakeServer.file("git", "sha256", new byte[64]),
                FakeServer.file("git", "sha1", new byte[20]),
                FakeServer.file("g\0t", "sha512", new byte[64]),
                // The reserved field is not empty.
                new WireWriter()
                        .bytes("SSHSIG".getBytes(US_ASCII))
                        .string("git")
                        .string("x")
                        .string("sha512")
                        .string(new byte[64])
                        .toBytes(),
                // A certificate (PROTOCOL.certkeys) that a key is to sign as an authority.
                new WireWriter()
                        .string("ssh-ed25519-cert-v01@openssh.com")
                        .string(new byte[32])
                        .toBytes(),
                // A login's message with another number, and one that is a question only.
                new WireWriter().string(SESSION).octet(51).string("jo").toBytes(),
                withoutSignature(login));
    }

    private static byte[] replaced(byte[] data, String from, String to) {
        String text = new String(data, StandardCharsets.ISO_8859_1);
        return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] withoutSignature(byte[] login) {
        return replaced(login, "publickey\1", "publickey\0");
    }

    @ParameterizedTest
    @MethodSource("neitherLoginNorSignature")
    void anythingElseIsRefused(byte[] data) {
        assertThrows(RefusedException.class, () -> understand(data, new SessionBindings()));
    }

    @Test
    void rsaSignsWithTheHashThatTheLoginNamesAndNeverWithSha1() throws Exception {
        var bindings = new SessionBindings();
        for (String algorithm : List.of("rsa-sha2-256", "rsa-sha2-512", "ssh-rsa")) {
            byte[] data = FakeServer.login(SESSION, "jo", RSA, algorithm, null);
            for (int flags : List.of(0, 1, 2, 3, 4, 6)) {
                if ((flags == 2 && algorithm.equals("rsa-sha2-256"))
                        || (flags == 4 && algorithm.equals("rsa-sha2-512"))) {
                    SignedData.understand(RSA, data, flags, bindings);
                } else {
                    assertThrows(
                            RefusedException.class,
                            () -> SignedData.understand(RSA, data, flags, bindings),
                            algorithm + " " + flags);
                }
            }
        }
        byte[] login = FakeServer.login(SESSION, "jo", KEY, "ssh-ed25519", null);
        assertThrows(RefusedException.class, () -> SignedData.understand(KEY, login, 2, bindings));
        byte[] file = FakeServer.file("git", "sha512", new byte[64]);
        assertThrows(RefusedException.class, () -> SignedData.understand(RSA, file, 0, bindings));
    }
}
