// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.protocol.ProtocolException;

/** Signatures for files: OpenSSH's ssh-keygen and git in the guest, and our own against ssh-keygen. */
@Timeout(120)
class SignatureTest {
    private static final String CONTENT = "We agree.\n";
    private static RealAgent agent;
    private static GuestSocket guest;

    @BeforeAll
    static void begin() throws Exception {
        agent = new RealAgent();
        guest = new GuestSocket(agent, List.of(agent.key("id_rsa"), agent.key("id_ed25519"), agent.key("id_ecdsa")));
        Files.writeString(agent.folder().resolve("content"), CONTENT);
        var signers = new StringBuilder();
        for (String kind : RealAgent.KINDS) {
            signers.append("me@home.example ")
                    .append(Files.readString(agent.folder().resolve("id_" + kind + ".pub")));
        }
        Files.writeString(agent.folder().resolve("signers"), signers);
    }

    @AfterAll
    static void end() throws Exception {
        guest.close();
        agent.close();
    }

    private static byte[] sha512(String content) throws Exception {
        return MessageDigest.getInstance("SHA-512").digest(content.getBytes(UTF_8));
    }

    private static RealAgent.Run inGuest(String... command) throws Exception {
        return agent.run(Map.of("SSH_AUTH_SOCK", guest.path().toString()), command);
    }

    private static RealAgent.Run verify(String signature, String namespace) throws Exception {
        return agent.run(
                Map.of(),
                agent.folder().resolve("content"),
                "ssh-keygen",
                "-Y",
                "verify",
                "-f",
                "signers",
                "-I",
                "me@home.example",
                "-n",
                namespace,
                "-s",
                signature);
    }

    private static String signedInGuest(String key) throws Exception {
        Files.deleteIfExists(agent.folder().resolve("content.sig"));
        inGuest("ssh-keygen", "-Y", "sign", "-f", key + ".pub", "-n", "file", "content")
                .expectSuccess();
        return Files.readString(agent.folder().resolve("content.sig"));
    }

    private static String signedByUs(String name, String content) throws Exception {
        SshKey key = agent.key(name);
        var signature = new SshSignature(key, "file", sha512(content));
        try (SshAgentClient client = agent.client()) {
            return signature.armoured(client.sign(key, signature.toBeSigned(), signature.flags()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"id_rsa", "id_ed25519", "id_ecdsa"})
    void sshKeygenInTheGuestSignsAndNamespaceAndHashAreSeen(String key) throws Exception {
        guest.asked.clear();

        signedInGuest(key);

        verify("content.sig", "file").expectSuccess();
        assertEquals(1, guest.asked.size());
        var seen = assertInstanceOf(SshRequest.Signature.class, guest.asked.getFirst());
        assertEquals("file", seen.namespace().<String>validate(name -> name));
        assertEquals("sha512", seen.algorithm());
        assertEquals(HexFormat.of().formatHex(sha512(CONTENT)), seen.hash());
    }

    @Test
    void aDeniedSignatureFailsCleanly() throws Exception {
        guest.denying = true;
        try {
            RealAgent.Run run = inGuest("ssh-keygen", "-Y", "sign", "-f", "id_rsa.pub", "-n", "file", "signers");

            assertNotEquals(0, run.status());
            assertTrue(run.printed().contains("agent refused operation"), run.printed());
            assertTrue(Files.notExists(agent.folder().resolve("signers.sig")));
        } finally {
            guest.denying = false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"id_rsa", "id_ed25519", "id_ecdsa"})
    void ourOwnSignatureIsOne(String key) throws Exception {
        Files.writeString(agent.folder().resolve("ours.sig"), signedByUs(key, CONTENT));

        verify("ours.sig", "file").expectSuccess();
        assertNotEquals(0, verify("ours.sig", "git").status(), "valid for something else");

        Files.writeString(agent.folder().resolve("ours.sig"), signedByUs(key, CONTENT + "\n"));
        assertNotEquals(0, verify("ours.sig", "file").status(), "valid for other content");
    }

    @ParameterizedTest
    @ValueSource(strings = {"id_rsa", "id_ed25519"})
    void ourOwnSignatureIsThatOfSshKeygenToTheByte(String key) throws Exception {
        assertEquals(signedInGuest(key), signedByUs(key, CONTENT));
    }

    @Test
    void gitSignsCommitsByTheAgent() throws Exception {
        guest.asked.clear();
        Path repository = Files.createDirectory(agent.folder().resolve("repository"));
        String in = repository.toString();
        inGuest("git", "init", "-q", in).expectSuccess();
        for (String[] setting : new String[][] {
            {"user.name", "Jo"},
            {"user.email", "me@home.example"},
            {"gpg.format", "ssh"},
            {"user.signingKey", agent.folder().resolve("id_ed25519.pub").toString()},
            {"gpg.ssh.allowedSignersFile", agent.folder().resolve("signers").toString()}
        }) {
            inGuest("git", "-C", in, "config", setting[0], setting[1]).expectSuccess();
        }
        inGuest("git", "-C", in, "commit", "-q", "-S", "--allow-empty", "-m", "Signed")
                .expectSuccess();

        agent.run(Map.of(), "git", "-C", in, "verify-commit", "HEAD").expectSuccess();
        var seen = assertInstanceOf(SshRequest.Signature.class, guest.asked.getFirst());
        assertEquals("git", seen.namespace().<String>validate(name -> name));
    }

    @Test
    void whatIsNoSignatureOfTheKindIsNotArmoured() throws Exception {
        var signature = new SshSignature(agent.key("id_rsa"), "file", new byte[64]);
        byte[] old = new WireWriter().string("ssh-rsa").string(new byte[384]).toBytes();
        assertThrows(ProtocolException.class, () -> signature.armoured(old));
        assertThrows(ProtocolException.class, () -> signature.armoured(new byte[0]));
    }

    @Test
    void whatMakesNoSignatureIsRefusedAtOnce() throws Exception {
        SshKey key = agent.key("id_ed25519");
        assertThrows(IllegalArgumentException.class, () -> new SshSignature(key, "", new byte[64]));
        assertThrows(IllegalArgumentException.class, () -> new SshSignature(key, "n".repeat(257), new byte[64]));
        assertThrows(IllegalArgumentException.class, () -> new SshSignature(key, "file", new byte[32]));
        SshKey certificate = SshKey.of(
                new WireWriter().string("ssh-ed25519-cert-v01@openssh.com").toBytes(), "");
        assertThrows(IllegalArgumentException.class, () -> new SshSignature(certificate, "file", new byte[64]));
    }
}
