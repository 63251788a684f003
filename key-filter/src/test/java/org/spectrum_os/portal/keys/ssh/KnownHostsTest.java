// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The names in a list of known hosts. */
@Timeout(60)
class KnownHostsTest {
    private static final SshKey ONE = SshKey.of(new byte[] {1, 2, 3}, "");
    private static final SshKey TWO = SshKey.of(new byte[] {4, 5, 6}, "");
    /** Their blobs in base64. */
    private static final String FIRST = "AQID";

    private static final String SECOND = "BAUG";

    private static KnownHosts read(String list) throws IOException {
        return KnownHosts.read(new StringReader(list));
    }

    @Test
    void namesAreThoseOfAllLines() throws Exception {
        KnownHosts known = read("""
                # A comment.

                forge.example,192.0.2.1 ssh-ed25519 AQID a comment with words
                \t [forge.example]:2222   ssh-ed25519\tAQID\r
                other.example ssh-rsa BAUG""");

        assertEquals(List.of("forge.example", "192.0.2.1", "[forge.example]:2222"), known.names(ONE));
        assertEquals(List.of("other.example"), known.names(TWO));
        assertEquals(List.of(), known.names(SshKey.of(new byte[] {7}, "")));
    }

    @Test
    void whatNamesNobodyIsLeftOut() throws Exception {
        KnownHosts known = read("""
                |1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 AQID
                *.example,!bad.example,what?.example ssh-ed25519 AQID
                @cert-authority ca.example ssh-ed25519 AQID
                @something-new new.example ssh-ed25519 AQID
                for\u202Ege.example,f\u00f6rge.example ssh-ed25519 AQID
                half.example ssh-ed25519
                broken.example ssh-ed25519 AQ!D
                """);

        assertEquals(List.of(), known.names(ONE));
    }

    @Test
    void aRevokedKeyHasNoNameWhereverItIsRevoked() throws Exception {
        String name = "forge.example ssh-ed25519 " + FIRST + "\n";
        String revoked = "@revoked * ssh-ed25519 " + FIRST + "\n";
        String other = "other.example ssh-ed25519 " + SECOND + "\n";

        assertEquals(List.of(), read(name + other + revoked).names(ONE));
        assertEquals(List.of(), read(revoked + other + name).names(ONE));
        assertEquals(List.of("other.example"), read(revoked + other).names(TWO));
    }

    @Test
    void namesAreFewAndShort() throws Exception {
        var list = new StringBuilder("x".repeat(262) + ",");
        for (int i = 0; i < 100; i++) {
            list.append(i).append(".example,");
        }
        assertEquals(
                KnownHosts.MOST_NAMES,
                read(list + " ssh-ed25519 " + FIRST).names(ONE).size());
    }

    @Test
    void anEndlessListIsAnErrorForWhatIsRevokedMayStandAtItsEnd() {
        var endless = new Reader() {
            @Override
            public int read(char[] into, int from, int count) {
                Arrays.fill(into, from, from + count, 'x');
                return count;
            }

            @Override
            public void close() {}
        };
        IOException error = assertThrows(IOException.class, () -> KnownHosts.read(endless));
        assertTrue(error.toString().contains("shorten it"), error::toString);
    }

    @Test
    void whatSshWroteItselfIsRead() throws Exception {
        try (var agent = new RealAgent();
                var server = new RealServer(agent)) {
            var command =
                    server.ssh("-oUserKnownHostsFile=known", "-oHashKnownHosts=no", "-oHostKeyAlgorithms=ssh-ed25519");
            // The first of an option counts.
            command.remove("-oUserKnownHostsFile=/dev/null");
            command.add(RealServer.account());
            command.add("true");
            agent.run(Map.of("SSH_AUTH_SOCK", agent.socket().toString()), command.toArray(String[]::new))
                    .expectSuccess();

            try (Reader list = Files.newBufferedReader(agent.folder().resolve("known"))) {
                List<String> names = KnownHosts.read(list).names(agent.key("host_ed25519256"));
                assertEquals(1, names.size());
                assertTrue(names.getFirst().startsWith("[127.0.0.1]:"), names::toString);
            }
        }
    }
}
