// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.VmFile;

class PolicyReaderTest {
    private static final String WHOLE = """
            {
              // who may ask for what
              "version": 1,
              "phrase": "blue heron at noon",
              "consent": {"answer-within-seconds": 60, "denial-memory-seconds": 5, "denial-memory-most-seconds": 40},
              "host": {"colour": "#112233", "rules": {"file": "deny"}},
              "instances": {
                "mail": {"colour": "#3584e4", "link": {"vsock": 12}, "rules": {"file": "ask"}},
                "web.2": {"colour": "#e01b24", "link": {"unix": "/run/vm/web/../web2/vsock"}, "rules": {}}
              }
            }
            """;

    @Test
    void readsAWholePolicy() throws Exception {
        Policy policy = PolicyReader.parse("test", WHOLE);
        assertEquals("blue heron at noon", policy.phrase());
        assertEquals(
                new Policy.Timing(Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofSeconds(40)),
                policy.timing());
        assertEquals(new Policy.HostRules(new Colour("#112233"), Rule.DENY), policy.host());
        assertEquals(
                List.of(
                        new Instance("mail", new Colour("#3584e4"), new LinkAddress.Vsock(12), Rule.ASK),
                        new Instance(
                                "web.2",
                                new Colour("#e01b24"),
                                new LinkAddress.Unix(Path.of("/run/vm/web2/vsock")),
                                Rule.DENY)),
                policy.instances());
    }

    @Test
    void smallestPolicyHasDefaults() throws Exception {
        Policy policy = PolicyReader.parse("test", "{\"version\": 1, \"instances\": {}}");
        assertNull(policy.phrase());
        assertEquals(Policy.Timing.DEFAULT, policy.timing());
        assertEquals(Policy.HostRules.DEFAULT, policy.host());
    }

    @Test
    void reportsEveryProblemAtOnceWithItsPlace() {
        var problems = problemsOf("""
                {
                  "version": 2,
                  "phrse": "x",
                  "instances": {
                    "mail": {"colour": "blue", "link": {"vsock": 2}, "rules": {"files": "ask"}},
                    "bad name": {"colour": "#000000", "link": {"unix": "run/vm"}, "rules": {"file": "allow"}},
                    "none": []
                  }
                }
                """);
        assertEquals(
                List.of(
                        "line 3, column 3: the policy has no \"phrse\"; did you mean \"phrase\"?",
                        "line 2, column 14: version is the number 2, this program reads version 1",
                        "line 5, column 24: \"blue\" is no colour; write it like \"#3584e4\"",
                        "line 5, column 50: vsock must be the VM's context id, 3 to 4294967294, got the number 2",
                        "line 5, column 64: rules has no \"files\"; did you mean \"file\"?",
                        "line 6, column 5: \"bad name\" cannot name an instance: use letters, digits, dots, hyphens and "
                                + "underscores, at most 48, a letter or digit first",
                        "line 6, column 56: unix must be the absolute path of the VM's vsock socket, got the text"
                                + " \"run/vm\"",
                        "line 6, column 85: a rule is \"ask\" or \"deny\", got the text \"allow\"",
                        "line 7, column 13: instance \"none\" must be an object, got a list"),
                problems.stream().map(PolicyProblem::toString).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "|1|must be an object, got nothing",
                "[]|1|must be an object, got a list",
                "{\"version\": 1}|1|the policy lacks \"instances\"",
                "{\"version\": 1, \"instances\": {}} {}|1|must be an object, got a second value",
                "{\"version\": 1,|1|not JSON",
                "{\"version\": 1, \"version\": 1, \"instances\": {}}|1|not JSON: Duplicate",
                "{\"version\": 1, \"phrase\": \"a\\u202eb\", \"instances\": {}}|1|visible characters",
                "{\"version\": 1, \"instances\": {\"a\": {\"colour\": \"#000000\", \"rules\": {}, \"link\": {}}}}|1|either",
                "{\"version\": 1.5, \"instances\": {}}|1|a fraction",
                "{\"version\": 99999999999999999999, \"instances\": {}}|1|far too large"
            })
    void refusesBrokenFiles(String text, int line, String message) {
        var problems = problemsOf(text == null ? "" : text);
        assertTrue(
                problems.stream().anyMatch(p -> p.line() == line && p.message().contains(message)),
                problems.toString());
    }

    private static String withRules(String rules) {
        return "{\"version\": 1, \"instances\": {\"a\": {\"colour\": \"#000000\", \"link\": {\"vsock\": 9}, \"rules\": "
                + rules + "}}}";
    }

    @ParameterizedTest
    @CsvSource({"30s,30", "1s,1", "15m,900", "1h,3600", "7d,604800", "365d,31536000", "31536000s,31536000"})
    void filesCanBeLentForATime(String text, long seconds) throws Exception {
        Policy policy = PolicyReader.parse("test", withRules("{\"file\": \"ask\", \"file-for\": \"" + text + "\"}"));
        assertEquals(
                new Loan.For(Duration.ofSeconds(seconds)),
                policy.instances().getFirst().terms().loan());
    }

    @Test
    void filesCanBeLentUntilTheVmStopsOrForGood() throws Exception {
        assertEquals(
                new Loan.Always(),
                PolicyReader.parse("test", withRules("{\"file-for\": \"always\", \"file\": \"ask\"}"))
                        .instances()
                        .getFirst()
                        .terms()
                        .loan());
        for (String rules :
                List.of("{\"file\": \"ask\", \"file-for\": \"until-stopped\"}", "{\"file\": \"ask\"}", "{}")) {
            assertEquals(
                    new Loan.UntilStopped(),
                    PolicyReader.parse("test", withRules(rules))
                            .instances()
                            .getFirst()
                            .terms()
                            .loan());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"0s\"|got the text \"0s\"",
                "\"366d\"|for longer than 365 days there is \"always\"",
                "\"99999999999d\"|a time from 1 s to 365 d",
                "\"9999999999d\"|for longer than 365 days",
                "\"15 m\"|such as \"15m\"",
                "\"1w\"|(s, m, h or d)",
                "\"-1s\"|(s, m, h or d)",
                "\"alway\"|did you mean \"always\"?",
                "\"until-stoped\"|did you mean \"until-stopped\"?",
                "900|did you mean \"900s\"?",
                "null|got null"
            })
    void refusesWhatIsNoTimeToLendFor(String value, String message) {
        var problems = problemsOf(withRules("{\"file\": \"ask\", \"file-for\": " + value + "}"));
        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.getFirst().message().contains(message), problems.toString());
    }

    @Test
    void aTimeWithoutAskingIsAProblem() {
        for (String rules : List.of("{\"file-for\": \"1h\"}", "{\"file\": \"deny\", \"file-for\": \"1h\"}")) {
            var problems = problemsOf(withRules(rules));
            assertEquals(1, problems.size(), problems.toString());
            assertTrue(problems.getFirst().message().contains("\"file\": \"ask\""), problems.toString());
        }
    }

    @Test
    void hostApplicationsAreLentNothingForATime() {
        var problems = problemsOf(
                "{\"version\": 1, \"host\": {\"rules\": {\"file\": \"ask\", \"file-for\": \"1h\"}}, \"instances\": {}}");
        assertTrue(problems.getFirst().message().contains("rules has no \"file-for\""), problems.toString());
    }

    @Test
    void twoInstancesCannotShareALink() {
        var problems = problemsOf("""
                {"version": 1, "instances": {
                  "a": {"colour": "#000000", "link": {"unix": "/run/x/vsock"}, "rules": {}},
                  "b": {"colour": "#000000", "link": {"unix": "/run/./x/vsock"}, "rules": {}}
                }}
                """);
        assertEquals(1, problems.size());
        assertEquals(3, problems.getFirst().line());
        assertTrue(problems.getFirst().message().contains("\"b\" has the same link as \"a\""));
    }

    @Test
    void theHostsOwnNameIsNoInstances() throws Exception {
        var problems = problemsOf("""
                {"version": 1, "instances": {
                  "host": {"colour": "#000000", "link": {"vsock": 3}, "rules": {}}
                }}
                """);
        assertEquals(
                List.of(
                        "line 2, column 3: \"host\" cannot name an instance: it is the host's own, in the audit log and in the"
                                + " state folder; use another, such as \"host-vm\""),
                problems.stream().map(PolicyProblem::toString).toList());
        Policy near = PolicyReader.parse("test", """
                {"version": 1, "instances": {
                  "host-vm": {"colour": "#000000", "link": {"vsock": 3}, "rules": {}}
                }}
                """);
        assertEquals("host-vm", near.instances().getFirst().name());
    }

    @Test
    void missingFileSaysWhatToDo(@TempDir Path folder) {
        var error = assertThrows(PolicyException.class, () -> PolicyReader.read(folder.resolve("policy.json")));
        assertTrue(String.valueOf(error.getMessage()).contains("--policy"));
        assertTrue(String.valueOf(error.getMessage()).contains("policy.json"));
    }

    @Test
    void unreadableFileIsAProblemToo(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("policy.json");
        Files.write(file, new byte[] {'{', (byte) 0xff, (byte) 0xfe});
        assertThrows(PolicyException.class, () -> PolicyReader.read(file));
    }

    @Test
    void nestingIsBounded() {
        assertTrue(problemsOf("[".repeat(1000)).getFirst().message().contains("not JSON"));
    }

    /** Whatever stands in the file, the outcome is a policy or a list of problems. */
    @Test
    void damagedFilesNeverThrowAnythingElse() {
        var random = new Random(20260102);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            var text = new StringBuilder(WHOLE);
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.setCharAt(at, (char) random.nextInt(0x250));
                    default -> text.insert(at, "{}[]\",:0-1eE\\ul\u0000".charAt(random.nextInt(16)));
                }
            }
            try {
                PolicyReader.parse("test", text.toString());
            } catch (PolicyException e) {
                refused++;
                assertTrue(!e.problems().isEmpty());
            }
        }
        assertTrue(refused > 10_000, "only " + refused + " of 20000 damaged files were refused");
    }

    private static List<PolicyProblem> problemsOf(String text) {
        return assertThrows(PolicyException.class, () -> PolicyReader.parse("test", text))
                .problems();
    }

    private static String mail(String more) {
        return "{\"version\": 1, \"instances\": {\"mail\": {\"colour\": \"#3584e4\", \"link\": {\"vsock\": 12}, " + more
                + "}}}";
    }

    @Test
    void anInstanceHasAUserTermsAndFiles() throws Exception {
        Instance mail = PolicyReader.parse(
                        "test",
                        mail("\"rules\": {\"file\": \"ask\", \"file-access\": \"write\", \"file-for\": \"always\"},"
                                + " \"guest-user\": {\"uid\": 0, \"gid\": 65534},"
                                + " \"files\": [{\"path\": \"/home/ada/x/../Music\", \"access\": \"write\"},"
                                + " {\"path\": \"/home/ada/Notes\"}]"))
                .instance("mail")
                .orElseThrow();
        assertEquals(new Instance.Terms(new Loan.Always(), Access.WRITE), mail.terms());
        assertEquals(new GuestUser(0, 65534), mail.user());
        assertEquals(
                List.of(
                        new StaticFile(Path.of("/home/ada/Music"), Access.WRITE),
                        new StaticFile(Path.of("/home/ada/Notes"), Access.READ)),
                mail.files());
    }

    @Test
    void everyProblemOfAnInstancesFilesIsReported() {
        var problems = problemsOf(mail("""
                        "rules": {"file-access": "write"},
                        "guest-user": {"uid": -1, "gidd": 0},
                        "files": [
                          {"path": "Music", "access": "rite"},
                          {"path": "/"},
                          {"access": "read"},
                          {"path": "/a"}, {"path": "/b/../a", "access": "write"},
                          7
                        ]"""));
        assertEquals(
                List.of(
                        "file-access says what is preselected when the user is asked, but nobody is: it needs \"file\":"
                                + " \"ask\" beside it",
                        "guest-user has no \"gidd\"; did you mean \"gid\"?",
                        "uid and gid are those of the guest's user, 0 to 65534, got the number -1",
                        "guest-user lacks \"gid\"",
                        "path must be the absolute path of a file or folder, not /, got the text \"Music\"",
                        "access is \"read\" or \"write\", got the text \"rite\"; did you mean \"write\"?",
                        "path must be the absolute path of a file or folder, not /, got the text \"/\"",
                        "an entry of files lacks \"path\"",
                        "/a is in files twice",
                        "an entry of files must be an object, got the number 7"),
                problems.stream().map(PolicyProblem::message).toList());
    }

    private static String withDisk(String disk, String mail) {
        return """
                {"version": 1, "instances": {
                  "disk": {"colour": "#26a269", "link": {"vsock": 3}, "rules": {}%s},
                  "mail": {"colour": "#1a5fb4", "link": {"vsock": 4}, %s}
                }}
                """.formatted(disk, mail);
    }

    @Test
    void filesOfAnotherVmAreItsWholeTree() throws Exception {
        Policy policy = PolicyReader.parse("test", withDisk(", \"serves-files\": true", """
                "rules": {"file": "deny"}, "files": [
                  {"vm": "disk", "path": "Photos/2024", "access": "write"}, {"vm": "disk", "path": "notes.txt"}]"""));
        assertTrue(policy.instance("disk").orElseThrow().serves());
        Instance mail = policy.instance("mail").orElseThrow();
        assertFalse(mail.serves());
        assertEquals(List.of(), mail.files());
        assertEquals(
                new VmTree(
                        "disk",
                        List.of(
                                new VmTree.Entry(new VmFile("disk", "Photos/2024"), Access.WRITE),
                                new VmTree.Entry(new VmFile("disk", "notes.txt"), Access.READ))),
                mail.tree().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ", \"serves-files\": true|\"rules\": {\"file\": \"ask\"}, \"files\": [{\"vm\": \"disk\", \"path\": \"a\"}]|cannot be asked for others",
                ", \"serves-files\": true|\"rules\": {}, \"files\": [{\"vm\": \"disk\", \"path\": \"a\"}, {\"path\": \"/home/a\"}]|a mount has one server",
                ", \"serves-files\": true|\"rules\": {}, \"files\": [{\"vm\": \"disk\", \"path\": \"a\"}, {\"vm\": \"disk\", \"path\": \"a\"}]|in files twice",
                "|\"rules\": {}, \"files\": [{\"vm\": \"disk\", \"path\": \"a\"}]|no instance \"disk\" serves files",
                ", \"serves-files\": false|\"rules\": {}, \"files\": [{\"vm\": \"disk\", \"path\": \"a\"}]|no instance \"disk\" serves files",
                ", \"serves-files\": 1|\"rules\": {}|serves-files is true or false",
                "|\"serves-files\": true, \"rules\": {}, \"files\": [{\"vm\": \"mail\", \"path\": \"a\"}]|cannot have its files from itself",
                ", \"serves-files\": true|\"rules\": {}, \"files\": [{\"vm\": 1, \"path\": \"a\"}]|vm is the name of an instance",
                ", \"serves-files\": true|\"rules\": {}, \"files\": [{\"vm\": \"disk\", \"path\": \"/a\"}]|path beside vm leads down",
                ", \"serves-files\": true|\"rules\": {}, \"files\": [{\"vm\": \"disk\", \"path\": \"a/../../b\"}]|path beside vm leads down",
                ", \"serves-files\": true|\"rules\": {}, \"files\": [{\"vm\": \"disk\", \"path\": \"a//b\"}]|path beside vm leads down",
                ", \"serves-files\": true|\"rules\": {}, \"files\": [{\"vm\": \"disk\", \"path\": \"\"}]|path beside vm leads down"
            })
    void whatCannotBeServedByAnotherVmIsAProblem(String disk, String mail, String message) {
        var problems = problemsOf(withDisk(disk == null ? "" : disk, mail));
        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.getFirst().message().contains(message), problems.toString());
    }
}
