// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.backend.daemon.Doctor.Finding;
import org.spectrum_os.portal.backend.daemon.Doctor.State;
import org.spectrum_os.portal.backend.policy.PolicyReader;

/** With real homes of GnuPG and real agents. */
@Timeout(120)
class KeysCheckTest {
    private static final String NO_KEY = "0123456789ABCDEF0123456789ABCDEF01234567";

    private final Map<String, String> environment = new HashMap<>();
    private final List<Process> agents = new ArrayList<>();
    private Path folder;
    private Path home;

    /** Sockets' paths must be short, so none of JUnit's folders. */
    @BeforeEach
    void makeAHome() throws Exception {
        folder = Files.createTempDirectory(Path.of("/tmp"), "kc");
        home = Files.createDirectory(
                folder.resolve("h"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", folder.toString());
    }

    @AfterEach
    void endAgents() throws Exception {
        for (Process agent : agents) {
            agent.destroyForcibly().waitFor();
        }
        gpgconf(home, "--kill", "all");
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void gpgconf(Path home, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("gpgconf", "--homedir", home.toString()));
        command.addAll(List.of(arguments));
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    }

    private String gpg(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(
                "gpg", "--homedir", home.toString(), "--batch", "--no-tty", "--passphrase", "", "--with-colons"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), String.join(" ", command));
        return said;
    }

    private List<String> fingerprints() throws Exception {
        return gpg("--list-secret-keys")
                .lines()
                .filter(line -> line.startsWith("fpr:"))
                .map(line -> line.split(":", -1)[9])
                .toList();
    }

    /** A key whose main part certifies, and that much more. */
    private String key(String... usages) throws Exception {
        gpg("--quick-gen-key", "Ada <ada@example.org>", "ed25519", usages.length == 0 ? "cert" : usages[0], "never");
        return fingerprints().getFirst();
    }

    private List<Finding> check(String rules, KeysCheck.Programs programs) throws Exception {
        var policy = PolicyReader.parse(
                "test",
                "{\"version\": 1, \"instances\": {\"mail\": {\"colour\": \"#3584e4\", \"link\": {\"vsock\": 12}, \"rules\": {},"
                        + " \"keys\": [" + rules + "]}, \"vault\": {\"colour\": \"#3584e4\", \"link\": {\"vsock\": 13},"
                        + " \"rules\": {}, \"holds-keys\": true}}}");
        return KeysCheck.of(policy, environment, programs);
    }

    private List<Finding> check(String rules) throws Exception {
        return check(rules, KeysCheck.Programs.USUAL);
    }

    private String rule(String fingerprint, String uses) {
        return "{\"gpg\": \"" + fingerprint + "\", \"home\": \"" + home + "\", " + uses + "}";
    }

    private static Finding the(String check, List<Finding> findings) {
        List<Finding> found = findings.stream()
                .filter(finding -> finding.check().startsWith(check))
                .toList();
        assertEquals(1, found.size(), findings.toString());
        return found.getFirst();
    }

    private static void assertIs(State state, String found, String advice, Finding finding) {
        assertEquals(state, finding.state(), finding.toString());
        assertTrue(finding.found().contains(found), finding.toString());
        assertTrue(finding.advice().contains(advice), finding.toString());
        assertEquals(state == State.GOOD, finding.advice().isEmpty(), finding.toString());
    }

    private Path program(String name, String script) throws IOException {
        Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void withoutKeysNothingIsExamined() throws Exception {
        assertEquals(List.of(), check(""));
        assertEquals(
                List.of(),
                check("{\"gpg\": \"" + NO_KEY + "\", \"vm\": \"vault\", \"sign\": \"ask\"}"),
                "it is elsewhere");
    }

    @Test
    void aKeyThatIsHereAndFitIsGood() throws Exception {
        String main = key();
        gpg("--quick-add-key", main, "ed25519", "sign", "never");
        gpg("--quick-add-key", main, "cv25519", "encr", "never");
        Files.writeString(
                home.resolve("gpg-agent.conf"), "pinentry-program " + program("pinentry-window", "exit 0") + "\n");
        List<Finding> findings = check(rule(main, "\"sign\": \"ask\", \"decrypt\": \"ask\""));
        assertIs(State.GOOD, "GnuPG 2.", "", the("gpg", findings.subList(0, 1)));
        assertIs(State.GOOD, "answers", "", the("gpg-agent of " + home, findings));
        assertIs(State.GOOD, "pinentry-window", "", the("pinentry of " + home, findings));
        assertIs(State.GOOD, main + " is here", "", the("key of mail", findings));
        assertEquals(4, findings.size(), findings.toString());
    }

    @Test
    void aKeyOfTheUsersOwnHomeIsFoundThere() throws Exception {
        String main = key("cert");
        gpg("--quick-add-key", main, "ed25519", "sign", "never");
        environment.put("GNUPGHOME", home.toString());
        List<Finding> findings = check("{\"gpg\": \"" + main + "\", \"sign\": \"ask\"}");
        assertIs(State.GOOD, main + " is here", "", the("key of mail", findings));
    }

    @Test
    void aHomeThatIsNotThereIsNotMade() throws Exception {
        Path absent = folder.resolve("absent");
        assertIs(
                State.WRONG,
                "there is no such folder",
                "correct \"home\" in the policy",
                the(
                        "keys in " + absent,
                        check(rule(NO_KEY, "\"sign\": \"ask\"").replace(home.toString(), absent.toString()))));
        assertIs(
                State.WRONG,
                "there is no such folder",
                "gpg --import FILE",
                the("keys in " + folder.resolve(".gnupg"), check("{\"gpg\": \"" + NO_KEY + "\", \"sign\": \"ask\"}")));
        assertFalse(Files.exists(absent));
        assertFalse(Files.exists(folder.resolve(".gnupg")));
    }

    @Test
    void aSecretThatIsNotThereIsWrong() throws Exception {
        assertIs(
                State.WRONG,
                NO_KEY + ": its secret is not in " + home,
                "gpg --homedir " + home + " --import FILE",
                the("key of mail", check(rule(NO_KEY, "\"sign\": \"ask\""))));
    }

    @Test
    void onlyThePublicPartIsNoSecret() throws Exception {
        String main = key();
        String exported = gpg("--armor", "--export", main);
        Path file = Files.writeString(folder.resolve("public.asc"), exported);
        gpg("--yes", "--delete-secret-keys", main);
        gpg("--import", file.toString());
        assertIs(
                State.WRONG,
                "its secret is not in",
                "--import FILE",
                the("key of mail", check(rule(main, "\"sign\": \"ask\""))));
    }

    @Test
    void aSubkeyIsNotAKeysName() throws Exception {
        String main = key();
        gpg("--quick-add-key", main, "ed25519", "sign", "never");
        String subkey = fingerprints().getLast();
        assertIs(
                State.WRONG,
                subkey + " is a subkey",
                "name its main key in the policy: " + main,
                the("key of mail", check(rule(subkey, "\"sign\": \"ask\""))));
    }

    @Test
    void whatNoPartOfItCanIsToldBeforeItIsAskedFor() throws Exception {
        String main = key();
        gpg("--quick-add-key", main, "ed25519", "sign", "never");
        assertIs(
                State.WRONG,
                "no part of it that is here, and valid, can decrypt or authenticate",
                "--list-secret-keys " + main,
                the(
                        "key of mail",
                        check(rule(main, "\"sign\": \"ask\", \"decrypt\": \"ask\", \"authenticate\": \"ask\""))));
    }

    @Test
    void aPartThatHasExpiredCanDoNothing() throws Exception {
        String main = key();
        gpg("--quick-add-key", main, "ed25519", "sign", "seconds=1");
        // gpg compares whole seconds.
        Instant expired = Instant.now().plus(Duration.ofSeconds(3));
        Finding finding = the("key of mail", check(rule(main, "\"sign\": \"ask\"")));
        while (finding.state() == State.GOOD && Instant.now().isBefore(expired)) {
            finding = the("key of mail", check(rule(main, "\"sign\": \"ask\"")));
        }
        assertIs(State.WRONG, "can sign", "expired", finding);
    }

    @Test
    void aPartThatCertifiesIsOnlyForContentThatIsSeen() throws Exception {
        String main = key("cert,sign");
        assertIs(
                State.CARE,
                "can certify as well, so it is not used by way of the guest's agent socket",
                "gpg --homedir " + home + " --quick-add-key " + main
                        + " default sign), or \"certify\": \"ask\" in the policy, or \"content\": \"required\"",
                the("key of mail", check(rule(main, "\"sign\": \"ask\""))));
        for (String more : List.of("\"certify\": \"ask\"", "\"content\": \"required\"")) {
            assertEquals(
                    State.GOOD,
                    the("key of mail", check(rule(main, "\"sign\": \"ask\", " + more)))
                            .state());
        }
        gpg("--quick-add-key", main, "ed25519", "sign", "never");
        assertEquals(
                State.GOOD,
                the("key of mail", check(rule(main, "\"sign\": \"ask\""))).state());
    }

    @Test
    void aPartThatCanDoMoreThanIsAskedSignsNoHash() throws Exception {
        String main = key("cert");
        gpg("--quick-add-key", main, "ed25519", "sign,auth", "never");
        assertIs(
                State.CARE,
                "the part that can sign can authenticate as well, so it is not used by way of the guest's agent socket",
                "\"authenticate\": \"ask\" in the policy",
                the("key of mail", check(rule(main, "\"sign\": \"ask\""))));
        assertEquals(
                State.GOOD,
                the("key of mail", check(rule(main, "\"sign\": \"ask\", \"authenticate\": \"ask\"")))
                        .state());
        assertIs(
                State.CARE,
                "its content must be seen, so it can authenticate nothing",
                "remove \"authenticate\"",
                the(
                        "key of mail",
                        check(rule(main, "\"sign\": \"ask\", \"authenticate\": \"ask\", \"content\": \"required\""))));
    }

    @Test
    void aPinentryOnATerminalOrNoneNeedsCare() throws Exception {
        String main = key();
        Path conf = home.resolve("gpg-agent.conf");
        Path curses = program("pinentry-curses", "exit 0");
        Files.createSymbolicLink(folder.resolve("pinentry"), curses);
        Files.writeString(conf, "# mine\n  pinentry-program  " + folder.resolve("pinentry") + "  \n");
        assertIs(
                State.CARE,
                "is pinentry-curses, which asks on a terminal, and there is none",
                "apt install pinentry-gnome3 or pinentry-qt), or name it in " + conf,
                the("pinentry", check(rule(main, "\"sign\": \"ask\""))));
        Files.writeString(conf, "pinentry-program /no/such/pinentry\n");
        assertIs(
                State.CARE,
                "/no/such/pinentry is no program",
                "pinentry-program PATH",
                the("pinentry", check(rule(main, "\"sign\": \"ask\""))));
        Files.delete(conf);
        Path gpgconf = program("gpgconf", "echo pinentry:Passphrase Entry:" + program("pinentry-mine", "exit 0"));
        var programs = new KeysCheck.Programs("gpg", "gpg-connect-agent", gpgconf.toString(), "ssh-add");
        assertIs(State.GOOD, "pinentry-mine", "", the("pinentry", check(rule(main, "\"sign\": \"ask\""), programs)));
        Files.writeString(home.resolve("gpg.conf"), "pinentry-mode loopback\n");
        assertTrue(check(rule(main, "\"sign\": \"ask\"")).stream()
                .anyMatch(finding -> finding.state() == State.CARE
                        && finding.found().contains("gpg.conf says pinentry-mode loopback")
                        && finding.advice().equals("take that line out")));
    }

    @Test
    void aGpgThatIsMissingOldOrSilentIsWrong() throws Exception {
        var missing = new KeysCheck.Programs("/no/such/gpg", "gpg-connect-agent", "gpgconf", "ssh-add");
        String rule = rule(NO_KEY, "\"sign\": \"ask\"");
        assertIs(State.WRONG, "/no/such/gpg is not installed", "apt install gnupg", the("gpg", check(rule, missing)));
        String old = program("gpg", "echo 'gpg (GnuPG) 2.0.30'").toString();
        assertIs(
                State.WRONG,
                "GnuPG 2.0.30",
                "install GnuPG 2.2 or newer",
                the("gpg", check(rule, new KeysCheck.Programs(old, "gpg-connect-agent", "gpgconf", "ssh-add"))));
        String silent = program("gpg3", "exec sleep 60").toString();
        Instant before = Instant.now();
        assertIs(
                State.WRONG,
                "does not tell its version",
                silent + " --version",
                the("gpg", check(rule, new KeysCheck.Programs(silent, "gpg-connect-agent", "gpgconf", "ssh-add"))));
        assertTrue(Duration.between(before, Instant.now()).compareTo(Duration.ofSeconds(20)) < 0);
    }

    @Test
    void anAgentThatCannotBeReachedIsWrongAndNothingMoreIsAsked() throws Exception {
        String fails = program("connect", "echo 'no agent'; exit 2").toString();
        List<Finding> findings =
                check(rule(NO_KEY, "\"sign\": \"ask\""), new KeysCheck.Programs("gpg", fails, "gpgconf", "ssh-add"));
        assertIs(
                State.WRONG,
                "cannot be reached: no agent",
                "gpgconf --homedir " + home + " --kill gpg-agent",
                the("gpg-agent of " + home, findings));
        assertEquals(2, findings.size(), findings.toString());
    }

    /** A program may leave a daemon behind that keeps its output open, and may say more than anybody wants to hear. */
    @Test
    void whatAProgramSaysIsBoundedInSizeAndTime() throws Exception {
        var command = new BriefCommand(environment);
        BriefCommand.Answer much = command.run(List.of(program("much", "head -c 1000000 /dev/zero | tr '\\0' x; exit 3")
                        .toString()))
                .orElseThrow();
        assertEquals(3, much.status());
        assertEquals(64 * 1024, much.said().length());
        Instant before = Instant.now();
        BriefCommand.Answer left = command.run(
                        List.of(program("daemon", "sleep 30 & echo $!; exit 0").toString()))
                .orElseThrow();
        ProcessHandle.of(Long.parseLong(left.brief())).orElseThrow().destroy();
        assertTrue(Duration.between(before, Instant.now()).compareTo(Duration.ofSeconds(20)) < 0);
    }

    private String sshKey(Path socket) throws Exception {
        Path file = folder.resolve("id");
        run(socket, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString());
        return run(socket, "ssh-keygen", "-l", "-E", "sha256", "-f", file.toString())
                .split(" ", -1)[1];
    }

    private static String run(Path socket, String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SSH_AUTH_SOCK", socket.toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    private void startAgent(Path socket) throws Exception {
        agents.add(new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        Instant end = Instant.now().plusSeconds(20);
        while (!Files.exists(socket)) {
            assertTrue(Instant.now().isBefore(end), "ssh-agent did not start");
            Thread.onSpinWait();
        }
    }

    @Test
    void anSshKeyIsLookedForInItsAgent() throws Exception {
        Path socket = folder.resolve("agent");
        startAgent(socket);
        String fingerprint = sshKey(socket);
        String rule = "{\"ssh\": \"" + fingerprint + "\", \"agent\": \"" + socket + "\", \"authenticate\": \"ask\"}";
        List<Finding> empty = check(rule);
        assertIs(State.GOOD, socket + " answers", "", the("ssh-agent", empty));
        assertIs(
                State.WRONG,
                fingerprint + " is not in the agent at " + socket,
                "SSH_AUTH_SOCK=" + socket + " ssh-add FILE",
                the("key of mail", empty));
        run(socket, "ssh-add", "-q", folder.resolve("id").toString());
        assertIs(State.GOOD, fingerprint + " is in the agent", "", the("key of mail", check(rule)));
        environment.put("SSH_AUTH_SOCK", socket.toString());
        assertIs(
                State.GOOD,
                fingerprint + " is in the agent",
                "",
                the("key of mail", check("{\"ssh\": \"" + fingerprint + "\", \"authenticate\": \"ask\"}")));
    }

    @Test
    void anSshAgentThatIsNotThereIsWrong() throws Exception {
        String name = "{\"ssh\": \"SHA256:" + "a".repeat(43) + "\", \"authenticate\": \"ask\"";
        assertIs(
                State.WRONG,
                "SSH_AUTH_SOCK is not set",
                "start an ssh-agent with the session",
                the("ssh-agent", check(name + "}")));
        Path socket = folder.resolve("gone");
        assertIs(
                State.WRONG,
                socket + " does not exist",
                "ssh-agent -a " + socket + "), or correct \"agent\" in the policy",
                the("ssh-agent", check(name + ", \"agent\": \"" + socket + "\"}")));
        try (var nobody = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            nobody.bind(UnixDomainSocketAddress.of(socket));
        }
        assertIs(
                State.WRONG,
                "the agent at " + socket + " does not answer",
                "SSH_AUTH_SOCK=" + socket + " ssh-add -l",
                the("ssh-agent", check(name + ", \"agent\": \"" + socket + "\"}")));
        assertIs(
                State.WRONG,
                "/no/such/ssh-add is not installed",
                "apt install openssh-client",
                the(
                        "ssh-agent",
                        check(
                                name + ", \"agent\": \"" + socket + "\"}",
                                new KeysCheck.Programs("gpg", "gpg-connect-agent", "gpgconf", "/no/such/ssh-add"))));
    }

    /** It accepts, and says nothing. */
    @Test
    void anSshAgentThatHangsIsGivenUp() throws Exception {
        Path socket = folder.resolve("hangs");
        try (var silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(socket));
            assertIs(
                    State.WRONG,
                    "does not answer",
                    "start it anew",
                    the(
                            "ssh-agent",
                            check("{\"ssh\": \"SHA256:" + "a".repeat(43)
                                    + "\", \"authenticate\": \"ask\", \"agent\": \"" + socket + "\"}")));
        }
    }
}
