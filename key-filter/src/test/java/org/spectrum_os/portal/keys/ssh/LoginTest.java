// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSH's own ssh, ssh-add and sshd around a {@link SshConversation}. */
@Timeout(120)
class LoginTest {
    private static RealAgent agent;
    private static RealServer server;
    private GuestSocket guest;

    @BeforeAll
    static void begin() throws Exception {
        agent = new RealAgent();
        server = new RealServer(agent);
    }

    @AfterAll
    static void end() throws Exception {
        server.close();
        agent.close();
    }

    @BeforeEach
    void open() throws Exception {
        guest = new GuestSocket(agent, List.of(agent.key("id_ed25519"), agent.key("id_rsa"), agent.key("id_ecdsa")));
    }

    @AfterEach
    void shut() {
        guest.close();
    }

    private RealAgent.Run inGuest(List<String> command) throws Exception {
        return agent.run(Map.of("SSH_AUTH_SOCK", guest.path().toString()), command.toArray(String[]::new));
    }

    private static SshRequest.Login login(SshRequest request) {
        return assertInstanceOf(SshRequest.Login.class, request);
    }

    @ParameterizedTest
    @CsvSource({
        "ssh-ed25519, host_ed25519256",
        "rsa-sha2-512, host_rsa3072",
        "rsa-sha2-256, host_rsa3072",
        "ecdsa-sha2-nistp256, host_ecdsa256",
        "ecdsa-sha2-nistp384, host_ecdsa384",
        "ecdsa-sha2-nistp521, host_ecdsa521"
    })
    void aLoginIsSeenWithItsUserAndTheServerThatProvedItself(String algorithm, String hostKey) throws Exception {
        String printed = inGuest(server.ssh("-oHostKeyAlgorithms=" + algorithm, RealServer.account(), "echo there"))
                .expectSuccess();

        assertEquals("there\n", printed);
        assertEquals(1, guest.asked.size());
        SshRequest.Login login = login(guest.asked.getFirst());
        assertEquals(System.getProperty("user.name"), login.user().<String>validate(user -> user));
        SshKey proved = login.server();
        assertTrue(proved != null && proved.isSame(agent.key(hostKey)));
        assertFalse(login.forwarded());
        assertEquals(List.of(), guest.log);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id_rsa", "id_ed25519", "id_ecdsa"})
    void everyKindOfKeyLogsIn(String name) throws Exception {
        inGuest(server.ssh("-oIdentitiesOnly=yes", "-i", name + ".pub", RealServer.account(), "true"))
                .expectSuccess();

        assertEquals(1, guest.asked.size());
    }

    @Test
    void withoutTheHostBoundMethodItIsALoginAllTheSame() throws Exception {
        inGuest(server.ssh("-oPubkeyAuthentication=unbound", RealServer.account(), "true"))
                .expectSuccess();

        assertNotNull(login(guest.asked.getFirst()).server());
    }

    @Test
    void anAgentForwardedToAnotherServerIsSeenAsForwarded() throws Exception {
        var hop = new ArrayList<>(server.ssh(RealServer.account(), "echo", "far"));
        String printed = inGuest(server.ssh("-A", RealServer.account(), String.join(" ", hop)))
                .expectSuccess();

        assertEquals("far\n", printed);
        assertEquals(2, guest.asked.size());
        assertFalse(login(guest.asked.get(0)).forwarded());
        assertTrue(login(guest.asked.get(1)).forwarded());
        assertNotNull(login(guest.asked.get(1)).server());
        assertEquals(List.of(), guest.log);
    }

    @Test
    void aDenialIsALoginRefused() throws Exception {
        guest.denying = true;

        RealAgent.Run run = inGuest(server.ssh(RealServer.account(), "echo there"));

        assertNotEquals(0, run.status());
        assertTrue(run.printed().contains("Permission denied (publickey)"), run.printed());
        assertTrue(run.printed().contains("agent refused operation"), run.printed());
        assertFalse(run.printed().contains("there"), run.printed());
        assertEquals(3, guest.asked.size(), "each key of three");
    }

    @Test
    void whatTheServerWouldNotTakeIsNotAsked() throws Exception {
        RealAgent.Run run = inGuest(server.ssh("nobody-here@127.0.0.1", "true"));

        assertNotEquals(0, run.status());
        // A server that knows no such user accepts no key, so nothing is to be signed.
        assertEquals(List.of(), guest.asked);
    }

    @Test
    void keysAreListedAndNothingElseCanBeDoneWithThem() throws Exception {
        String listed = inGuest(List.of("ssh-add", "-l")).expectSuccess();
        assertEquals(3, listed.lines().count(), listed);
        assertTrue(listed.contains(agent.key("id_rsa").fingerprint()), listed);

        for (List<String> command : List.of(
                List.of("ssh-add", "-q", agent.folder().resolve("id_rsa").toString()),
                List.of("ssh-add", "-c", agent.folder().resolve("id_rsa").toString()),
                List.of("ssh-add", "-d", agent.folder().resolve("id_rsa").toString()),
                List.of("ssh-add", "-D"))) {
            RealAgent.Run run = inGuest(command);
            assertNotEquals(0, run.status(), command + run.printed());
        }
        assertEquals(
                5,
                guest.log.stream().filter(line -> line.startsWith("refused: ")).count(),
                guest.log::toString);
        assertEquals(
                3, inGuest(List.of("ssh-add", "-l")).expectSuccess().lines().count());
    }
}
