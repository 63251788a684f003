// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.backend.lease.KeyUse;

class KeyRulesReaderTest {
    private static final String FPR = "0123456789ABCDEF0123456789ABCDEF01234567";
    private static final String SSH = "SHA256:" + "aB3/+".repeat(8) + "xyz";
    private static final String LONG_FPR = FPR + "89ABCDEF0123456789ABCDEF";

    /** A policy of "mail" with these keys, and of "vault", which holds some. */
    private static String policy(String keys) {
        return "{\"version\": 1, \"instances\": {\"vault\": {\"colour\": \"#26a269\", \"link\": {\"vsock\": 13}, \"rules\": {},"
                + " \"holds-keys\": true},\n\"mail\": {\"colour\": \"#3584e4\", \"link\": {\"vsock\": 12}, \"rules\": {}, \"keys\":\n"
                + keys + "\n}}}";
    }

    private static List<KeyRule> read(String keys) throws PolicyException {
        return PolicyReader.parse("test", policy(keys))
                .instance("mail")
                .orElseThrow()
                .keys();
    }

    private static List<String> problemsOf(String keys) {
        return assertThrows(PolicyException.class, () -> PolicyReader.parse("test", policy(keys))).problems().stream()
                .map(PolicyProblem::toString)
                .toList();
    }

    private static String messageOf(String keys) {
        List<String> problems = problemsOf(keys);
        assertEquals(1, problems.size(), problems.toString());
        return problems.getFirst();
    }

    private static String gpg(String more) {
        return "[{\"gpg\": \"" + FPR + "\", " + more + "}]";
    }

    private static String ssh(String more) {
        return "[{\"ssh\": \"" + SSH + "\", " + more + "}]";
    }

    @Test
    void anInstanceHasNoKeysAndHoldsNoneUnlessThePolicySaysSo() throws Exception {
        Policy policy = PolicyReader.parse("test", """
                {"version": 1, "instances": {"a": {"colour": "#000000", "link": {"vsock": 3}, "rules": {}},
                 "b": {"colour": "#000000", "link": {"vsock": 4}, "rules": {}, "keys": [], "holds-keys": false}}}""");
        for (Instance instance : policy.instances()) {
            assertEquals(List.of(), instance.keys());
            assertFalse(instance.vault());
        }
        assertTrue(PolicyReader.parse("test", policy("[]"))
                .instance("vault")
                .orElseThrow()
                .vault());
    }

    @Test
    void readsEveryMember() throws Exception {
        assertEquals(
                List.of(
                        new KeyRule(
                                new KeyName.Gpg(FPR),
                                new KeyPlace.GnupgHome(Optional.of(Path.of("/home/ada/keys"))),
                                Set.of(KeyUse.SIGN, KeyUse.DECRYPT),
                                true,
                                Optional.of(new AgainRule.Uses(5))),
                        new KeyRule(
                                new KeyName.Gpg(LONG_FPR),
                                new KeyPlace.Vault("vault"),
                                Set.of(KeyUse.SIGN, KeyUse.AUTHENTICATE, KeyUse.CERTIFY),
                                false,
                                Optional.empty()),
                        new KeyRule(
                                new KeyName.Ssh(SSH),
                                new KeyPlace.SshAgent(Optional.of(Path.of("/run/user/1000/agent"))),
                                Set.of(KeyUse.AUTHENTICATE, KeyUse.SIGN),
                                false,
                                Optional.of(new AgainRule.For(Duration.ofMinutes(10))))),
                read("[{\"gpg\": \"" + FPR
                        + "\", \"home\": \"/home/ada/x/../keys\", \"sign\": \"ask\", \"decrypt\": \"ask\","
                        + " \"authenticate\": \"deny\", \"content\": \"required\", \"again\": \"5 times\"},"
                        + " {\"gpg\": \"" + LONG_FPR
                        + "\", \"vm\": \"vault\", \"sign\": \"ask\", \"authenticate\": \"ask\","
                        + " \"certify\": \"ask\", \"content\": \"optional\"},"
                        + " {\"ssh\": \"" + SSH + "\", \"agent\": \"/run/user/1000/agent\", \"sign\": \"ask\","
                        + " \"authenticate\": \"ask\", \"again\": \"10m\"}]"));
    }

    @Test
    void whatIsNotSaidIsDeniedUsualAndOff() throws Exception {
        assertEquals(
                List.of(
                        new KeyRule(
                                new KeyName.Gpg(FPR),
                                new KeyPlace.GnupgHome(Optional.empty()),
                                Set.of(KeyUse.DECRYPT),
                                false,
                                Optional.empty()),
                        new KeyRule(
                                new KeyName.Ssh(SSH),
                                new KeyPlace.SshAgent(Optional.empty()),
                                Set.of(KeyUse.AUTHENTICATE),
                                false,
                                Optional.empty())),
                read("[{\"decrypt\": \"ask\", \"gpg\": \"" + FPR + "\"}, {\"authenticate\": \"ask\", \"ssh\": \"" + SSH
                        + "\"}]"));
        assertEquals(
                new KeyPlace.Vault("vault"),
                read(ssh("\"vm\": \"vault\", \"sign\": \"ask\"")).getFirst().place());
    }

    @ParameterizedTest
    @CsvSource({
        "0123456789abcdef0123456789abcdef01234567",
        "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567",
        "' 0123 4567 89ab cdef 0123  4567 89AB CDEF 0123 4567 '"
    })
    void aFingerprintMayBeWrittenAsGpgPrintsIt(String text) throws Exception {
        assertEquals(
                new KeyName.Gpg(FPR),
                read("[{\"gpg\": \"" + text + "\", \"sign\": \"ask\"}]")
                        .getFirst()
                        .key());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"89ABCDEF01234567\"|got the text \"89ABCDEF01234567\"; that is a key id, and another key with the same one can be made",
                "\"0x01234567\"|; that is a key id",
                "\"0123 4567\"|; that is a key id",
                "\"ada@example.org\"|; anybody can make a key with that user id or name, so only the fingerprint says which is meant",
                "\"Ada Lovelace\"|anybody can make a key with that user id",
                "\"\"|anybody can make",
                "\"0123456789ABCDEF0123456789ABCDEF0123456\"|; that has 39 digits. Print it: gpg --list-secret-keys",
                "\"0123456789ABCDEF0123456789ABCDEF012345678\"|; that has 41 digits",
                "\"0x0123456789ABCDEF0123456789ABCDEF01234567\"|; that has 40 digits behind 0x",
                "\"\u0660123456789ABCDEF0123456789ABCDEF01234567\"|anybody can make",
                "17|40 or 64 hexadecimal digits, got the number 17. Print it: gpg --list-secret-keys",
                "null|got null"
            })
    void onlyAWholeFingerprintNamesAKey(String name, String message) {
        String problem = messageOf("[{\"gpg\": " + name + ", \"sign\": \"ask\"}]");
        assertTrue(problem.startsWith("line 3, column 10: gpg is the fingerprint of the main key"), problem);
        assertTrue(problem.contains(message), problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"MD5:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff\"|; that is an MD5 fingerprint, and another key with the same one can be made",
                "\"SHA256:short\"|got the text \"SHA256:short\". Print it: ssh-add -l, or of a file: ssh-keygen -l -E sha256 -f FILE",
                "\"SHA256:aB3/+aB3/+aB3/+aB3/+aB3/+aB3/+aB3/+aB3/+xyz=\"|SHA256: and 43 characters",
                "\"sha256:aB3/+aB3/+aB3/+aB3/+aB3/+aB3/+aB3/+aB3/+xyz\"|SHA256: and 43 characters",
                "\"ssh-ed25519 AAAAC3\"|ssh-keygen -l",
                "[]|got a list"
            })
    void onlyASha256NamesAnSshKey(String name, String message) {
        String problem = messageOf("[{\"ssh\": " + name + ", \"sign\": \"ask\"}]");
        assertTrue(problem.startsWith("line 3, column 10: ssh is a key's fingerprint"), problem);
        assertTrue(problem.contains(message), problem);
    }

    @ParameterizedTest
    @CsvSource({"1 time,1", "1 times,1", "2 times,2", "1000 times,1000"})
    void againMayBeANumberOfUses(String text, int uses) throws Exception {
        assertEquals(
                Optional.of(new AgainRule.Uses(uses)),
                read(gpg("\"sign\": \"ask\", \"again\": \"" + text + "\""))
                        .getFirst()
                        .again());
    }

    @ParameterizedTest
    @CsvSource({"1s,1", "10m,600", "24h,86400", "1d,86400", "86400s,86400"})
    void againMayBeATime(String text, long seconds) throws Exception {
        assertEquals(
                Optional.of(new AgainRule.For(Duration.ofSeconds(seconds))),
                read(gpg("\"sign\": \"ask\", \"again\": \"" + text + "\""))
                        .getFirst()
                        .again());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"0 times\"|from \"1 time\" to \"1000 times\"",
                "\"1001 times\"|got the text \"1001 times\"",
                "\"9999 times\"|got the text",
                "\"99999999999 times\"|got the text",
                "\"5times\"|got the text",
                "\"5 Times\"|got the text",
                "\"25h\"|a time from 1 s to 24 h such as \"10m\"",
                "\"2d\"|(s, m, h or d)",
                "\"86401s\"|(s, m, h or d)",
                "\"0s\"|(s, m, h or d)",
                "\"5\"|; did you mean \"5 times\", or \"5m\" for minutes?",
                "5|got the number 5; did you mean \"5 times\"?",
                "1001|got the number 1001",
                "\"always\"|got the text \"always\"",
                "true|got true or false"
            })
    void againIsBounded(String value, String message) {
        String problem = messageOf(gpg("\"sign\": \"ask\", \"again\": " + value));
        assertTrue(problem.contains(": again is a number of uses"), problem);
        assertTrue(problem.contains(message), problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"sign\": \"allow\"|a rule is \"ask\" or \"deny\", got the text \"allow\"",
                "\"decrypt\": true|a rule is \"ask\" or \"deny\", got true or false",
                "\"sing\": \"ask\", \"decrypt\": \"ask\"|an entry of keys has no \"sing\"; did you mean \"sign\"?",
                "\"sign\": \"ask\", \"fingerprint\": \"x\"|an entry of keys has no \"fingerprint\"; it knows again, agent,",
                "\"sign\": \"deny\"|this key may be used for nothing, so the entry is of no use: add \"sign\": \"ask\", \"decrypt\": \"ask\" or \"authenticate\": \"ask\", or take it out",
                "\"certify\": \"ask\"|for nothing is it: add \"sign\": \"ask\"",
                "\"certify\": \"ask\", \"decrypt\": \"ask\"|certify says that a key able to certify",
                "\"certify\": \"ask\", \"sign\": \"ask\", \"content\": \"required\"|leave out one of the two",
                "\"decrypt\": \"ask\", \"content\": \"required\"|nothing is signed: it needs \"sign\": \"ask\" beside it",
                "\"sign\": \"ask\", \"content\": \"requird\"|content is \"required\" or \"optional\", got the text \"requird\"; did you mean \"required\"?",
                "\"sign\": \"ask\", \"content\": true|content is \"required\" or \"optional\", got true or false",
                "\"sign\": \"ask\", \"home\": \"~/keys\"|home must be the absolute path of a home of GnuPG, not /, got the text \"~/keys\"",
                "\"sign\": \"ask\", \"home\": \"/\"|home must be the absolute path",
                "\"sign\": \"ask\", \"home\": \"/a\\u0000b\"|home must be the absolute path",
                "\"sign\": \"ask\", \"agent\": \"/run/a\"|agent is the socket of an ssh-agent; a key of GnuPG is in a \"home\"",
                "\"sign\": \"ask\", \"home\": \"/h\", \"vm\": \"vault\"|a key is in one place: \"home\" on this host, or another \"vm\"",
                "\"sign\": \"ask\", \"vm\": \"mail\"|\"mail\" cannot ask for a key of its own",
                "\"sign\": \"ask\", \"vm\": 13|vm is the name of an instance that holds keys, got the number 13",
                "\"sign\": \"ask\", \"vm\": \"valt\"|no instance \"valt\" holds keys; the one meant needs \"holds-keys\": true",
                "\"sign\": \"ask\", \"ssh\": \"SHA256:aB3/+aB3/+aB3/+aB3/+aB3/+aB3/+aB3/+aB3/+xyz\"|an entry of keys is of one key: either"
            })
    void whatCannotBeSaidOfAGpgKeyIsAProblem(String more, String message) {
        String problem = messageOf(gpg(more));
        assertTrue(problem.contains(message), problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"sign\": \"ask\", \"decrypt\": \"ask\"|a key of an ssh-agent does not decrypt; there is \"authenticate\" (to log in) and \"sign\"",
                "\"certify\": \"deny\", \"sign\": \"ask\"|a key of an ssh-agent does not certify",
                "\"decrypt\": \"ask\"|a key of an ssh-agent does not decrypt",
                "\"sign\": \"deny\"|add \"authenticate\": \"ask\" (to log in) or \"sign\": \"ask\", or take it out",
                "\"sign\": \"ask\", \"home\": \"/h\"|home is where GnuPG keeps a key; an ssh-agent that has one is named by \"agent\"",
                "\"sign\": \"ask\", \"agent\": \"agent\"|agent must be the absolute path of an ssh-agent's socket, got the text \"agent\"",
                "\"sign\": \"ask\", \"agent\": \"/a\", \"vm\": \"vault\"|a key is in one place: \"agent\" on this host",
                "\"authenticate\": \"ask\", \"content\": \"optional\"|nothing is signed"
            })
    void whatCannotBeSaidOfAnSshKeyIsAProblem(String more, String message) {
        String problem = messageOf(ssh(more));
        assertTrue(problem.contains(message), problem);
    }

    @Test
    void anEntryIsOfOneKey() {
        assertEquals(
                "line 3, column 2: an entry of keys is of one key: either {\"gpg\": FINGERPRINT, …} or {\"ssh\":"
                        + " \"SHA256:…\", …}",
                messageOf("[{\"sign\": \"ask\"}]"));
        assertTrue(messageOf("{}").startsWith("line 3, column 1: keys is a list such as "));
        assertTrue(messageOf("[7]").endsWith("an entry of keys must be an object, got the number 7"));
    }

    @Test
    void aKeyIsThereOnceHoweverItIsWritten() {
        assertEquals(
                "line 3, column 71: " + FPR + " is in keys twice",
                messageOf("[{\"gpg\": \"" + FPR + "\", \"sign\": \"ask\"},  {\"gpg\": \""
                        + FPR.toLowerCase(Locale.ROOT)
                        + "\", \"decrypt\": \"ask\", \"home\": \"/elsewhere\"}]"));
    }

    @Test
    void twoInstancesMayUseOneKey() throws Exception {
        String mail = "{\"colour\": \"#3584e4\", \"link\": {\"vsock\": 12}, \"rules\": {}, \"keys\": "
                + gpg("\"sign\": \"ask\"") + "}";
        Policy policy = PolicyReader.parse(
                "test",
                "{\"version\": 1, \"instances\": {\"mail\": " + mail + ", \"web\": "
                        + mail.replace("{\"vsock\": 12}", "{\"vsock\": 14}") + "}}");
        assertEquals(
                policy.instances().getFirst().keys(),
                policy.instances().getLast().keys());
    }

    @Test
    void thereAreAtMost64() throws Exception {
        for (int count : List.of(64, 65)) {
            String keys = IntStream.range(0, count)
                    .mapToObj(i -> "{\"gpg\": \"" + "%040X".formatted(i) + "\", \"sign\": \"ask\"}")
                    .collect(Collectors.joining(",", "[", "]"));
            if (count == 64) {
                assertEquals(64, read(keys).size());
            } else {
                assertEquals("line 3, column 1: 65 keys, at most 64 are supported", messageOf(keys));
            }
        }
    }

    @Test
    void anInstanceThatHoldsNoKeysIsNoVault() {
        for (String holds : List.of("false", "1")) {
            var problems = assertThrows(
                            PolicyException.class,
                            () -> PolicyReader.parse(
                                    "test",
                                    policy(gpg("\"sign\": \"ask\", \"vm\": \"vault\""))
                                            .replace("keys\": true", "keys\": " + holds)))
                    .problems();
            assertEquals(
                    "no instance \"vault\" holds keys; the one meant needs \"holds-keys\": true",
                    problems.getLast().message());
            if (holds.equals("1")) {
                assertEquals(
                        "holds-keys is true or false, got the number 1",
                        problems.getFirst().message());
            }
        }
    }

    @Test
    void everyProblemIsReportedAtOnceWithItsPlace() {
        assertEquals(
                List.of(
                        "line 4, column 57: an entry of keys has no \"contnt\"; did you mean \"content\"?",
                        "line 4, column 11: gpg is the fingerprint of the main key, 40 or 64 hexadecimal digits, got the text"
                                + " \"ada@example.org\"; anybody can make a key with that user id or name, so only the fingerprint"
                                + " says which is meant. Print it: gpg --list-secret-keys",
                        "line 4, column 38: a rule is \"ask\" or \"deny\", got the text \"yes\"",
                        "line 4, column 54: again is a number of uses from \"1 time\" to \"1000 times\", or a time from 1 s to 24 h"
                                + " such as \"10m\" (s, m, h or d), got the number 5; did you mean \"5 times\"?",
                        "line 5, column 76: a key of an ssh-agent does not decrypt; there is \"authenticate\" (to log in) and"
                                + " \"sign\"",
                        "line 6, column 3: an entry of keys must be an object, got true or false",
                        "line 5, column 89: no instance \"safe\" holds keys; the one meant needs \"holds-keys\": true"),
                problemsOf("[\n"
                        + "  {\"gpg\": \"ada@example.org\", \"sign\": \"yes\", \"again\": 5, \"contnt\": \"required\"},\n"
                        + "  {\"ssh\": \"" + SSH + "\", \"decrypt\": \"ask\", \"vm\": \"safe\"},\n"
                        + "  true]"));
    }
}
