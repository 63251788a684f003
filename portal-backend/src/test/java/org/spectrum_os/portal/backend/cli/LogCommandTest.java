// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;
import org.spectrum_os.portal.store.audit.AuditKind;
import picocli.CommandLine;

@Timeout(60)
class LogCommandTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    @TempDir
    Path home;

    private Path state;
    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);

    @BeforeEach
    void nameTheFolder() {
        state = home.resolve("spectrum-portal");
    }

    private record Ran(int status, List<String> out, String err) {}

    private Ran log(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = new CommandLine(
                        new LogCommand(state, ZoneId.of("Europe/Berlin"), InstantSource.fixed(NOON.plusSeconds(7200))))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Ran(status, out.toString().lines().toList(), err.toString());
    }

    private List<String> printed(String... arguments) {
        Ran ran = log(arguments);
        assertEquals("", ran.err());
        assertEquals(0, ran.status());
        return ran.out();
    }

    /** An event each minute from noon. */
    private void write(AuditEvent... events) throws IOException {
        try (var book = AuditBook.open(state, now::get)) {
            for (AuditEvent event : events) {
                book.write(event);
                now.set(now.get().plusSeconds(60));
            }
        }
    }

    private void writeAWholeStory() throws IOException {
        write(
                new AuditEvent.Linked("mail", "spectrum-agent 0.1"),
                new AuditEvent.Requested("mail", "1", "file", "Attach"),
                new AuditEvent.LinkRefused(null, "CID 9", "the policy knows no instance with this peer"),
                new AuditEvent.Decided("mail", "1", "allowed", null),
                new AuditEvent.Granted("mail", "1", "k3v9q2mw", "/home/u/a\u001b[31m\u202eb", "read", "instance-stops"),
                new AuditEvent.Decided("web-browser", "2", "denied", "user"),
                new AuditEvent.Used("mail", "k3v9q2mw"),
                new AuditEvent.Ended("mail", "k3v9q2mw", "revoked"),
                new AuditEvent.Decided("host:org.example.App", "host-1", "allowed", "/home/u/c"),
                new AuditEvent.LinkEnded("mail", "the guest closed it"));
    }

    @Test
    void oneAlignedLineAnEventInLocalTime() throws Exception {
        writeAWholeStory();
        assertEquals(
                List.of(
                        "2026-01-02 13:00:00.000  mail         linked        agent spectrum-agent 0.1",
                        "2026-01-02 13:01:00.000  mail         requested     request 1: file, \"Attach\"",
                        "2026-01-02 13:02:00.000  host         link-refused  CID 9: the policy knows no instance with this peer",
                        "2026-01-02 13:03:00.000  mail         decided       request 1: allowed",
                        "2026-01-02 13:04:00.000  mail         granted       request 1: lease k3v9q2mw, read, until instance-stops:"
                                + " /home/u/a⟨U+001B⟩[31m⟨U+202E⟩b",
                        "2026-01-02 13:05:00.000  web-browser  decided       request 2: denied, user",
                        "2026-01-02 13:06:00.000  mail         used          lease k3v9q2mw",
                        "2026-01-02 13:07:00.000  mail         ended         lease k3v9q2mw: revoked",
                        "2026-01-02 13:08:00.000  host:org.example.App  decided       request host-1: allowed, /home/u/c",
                        "2026-01-02 13:09:00.000  mail                  link-ended    the guest closed it"),
                printed());
    }

    @Test
    void jsonIsTheLinesAsTheyStandButHarmless() throws Exception {
        writeAWholeStory();
        List<String> lines = printed("--json");
        assertEquals(10, lines.size());
        assertEquals(
                "{\"time\":\"2026-01-02T12:00:00Z\",\"event\":\"linked\",\"instance\":\"mail\",\"agent\":\"spectrum-agent 0.1\"}",
                lines.getFirst());
        assertTrue(lines.get(4).contains("/home/u/a\\u001B[31m\\u202eb"), lines.get(4));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--instance mail|7",
                "--instance host|2",
                "--instance host:org.example.App|1",
                "--instance mail --instance web-browser|8",
                "--kind decided|3",
                "--kind decided --kind used --instance mail|2",
                "--since 2026-01-02T12:05:00Z|5",
                "--since 2026-01-02T13:05|5",
                "--until 2026-01-02T13:05:00|5",
                "--since 115m|5",
                "--since 2h --until 118m|2",
                "--since 2026-01-02 --until 2026-01-03|10",
                "--lines 3|3",
                "--lines 100|10",
                "--kind decided --lines 2|2"
            })
    void filters(String arguments, int count) throws Exception {
        writeAWholeStory();
        assertEquals(count, printed((arguments + " --json").split(" ", -1)).size());
    }

    @Test
    void theLastLinesAreTheLast() throws Exception {
        writeAWholeStory();
        assertEquals(printed("--json").subList(8, 10), printed("--lines", "2", "--json"));
        assertEquals(List.of(), printed("--lines", "0", "--json"));
    }

    @Test
    void nothingIsSaidInWords() throws Exception {
        assertEquals(List.of("Nothing is on record."), printed());
        assertEquals(List.of(), printed("--json"));
        writeAWholeStory();
        assertEquals(List.of("Nothing on record matches."), printed("--since", "1s"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--kind grantd|did you mean \"granted\"?",
                "--kind everything|there are decided, ended, granted",
                "--since yesterday|write a duration back from now",
                "--until 2026-13-01|write a duration back from now",
                "--since 1h --until 2h|no event between",
                "--lines -1|0 to 100000",
                "--lines 100001|0 to 100000",
                "--lines many|many"
            })
    void misuseIsExplained(String arguments, String why) {
        Ran ran = log(arguments.split(" ", -1));
        assertEquals(2, ran.status());
        assertTrue(ran.err().contains(why), ran.err());
        assertEquals(List.of(), ran.out());
    }

    @Test
    void anInstanceThatIsNotOnRecordIsNotFound() throws Exception {
        writeAWholeStory();
        Ran ran = log("--instance", "mial");
        assertEquals(1, ran.status());
        assertTrue(ran.err().contains("no instance called \"mial\" is on record; did you mean \"mail\"?"), ran.err());
    }

    @Test
    void whereThereIsNoStateNothingCanBeFollowed() {
        Ran ran = log("--follow");
        assertEquals(1, ran.status());
        assertTrue(ran.err().contains("spectrum-portal run"), ran.err());
    }

    @Test
    void damagedLinesAreCountedAndToldOncePerFile() throws Exception {
        writeAWholeStory();
        Path file = state.resolve("mail/audit.jsonl");
        Files.writeString(file, "\u001b[2J\n{}\n[]\n", StandardOpenOption.APPEND);
        Ran ran = log("--json");
        assertEquals(0, ran.status());
        assertEquals(10, ran.out().size());
        assertEquals(
                List.of(
                        "spectrum-portal: " + file + ": line 8 is not JSON; it is left out",
                        "spectrum-portal: " + file + ": 3 lines were left out"),
                ran.err().lines().toList());
    }

    @Test
    void aFileFromElsewhereCannotDriveTheTerminal() throws Exception {
        Files.createDirectories(state.resolve("mail"));
        Files.writeString(
                state.resolve("mail/audit.jsonl"),
                "{\"time\":\"2026-01-02T12:00:00Z\",\t\"event\":\"x\\u001b]0;y\\u0007\",\"\u009b31m\":\"\u0085\u200b\",\"n\":{\"a\":1}}\r\n");
        for (String line : List.of(printed().getFirst(), printed("--json").getFirst())) {
            assertFalse(
                    line.codePoints()
                            .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT),
                    line);
        }
        assertTrue(printed("--json").getFirst().contains("\"\\u009b31m\":\"\\u0085\\u200b\""));
    }

    @Test
    void everyKindIsNamedInTheHelp() {
        String help = String.join(" ", printed("--help")).replaceAll("\\s+", " ");
        for (AuditKind kind : AuditKind.values()) {
            assertTrue(help.contains(kind.word()), kind.word());
        }
    }

    @Test
    void usesOfKeysAreToldInOneLineEach() throws Exception {
        write(
                new AuditEvent.Requested("mail", "4", "sign", "git commit"),
                new AuditEvent.KeyUsed(
                        "mail", "4", "0123456789ABCDEF0123456789ABCDEF01234567", "sign", "git commit “Fix it\u202e”"),
                new AuditEvent.KeyUsed("mail", "5", "SHA256:abc", "log-in", "as git at forge.example"));
        assertEquals(
                List.of(
                        "2026-01-02 13:00:00.000  mail  requested     request 4: sign, \"git commit\"",
                        "2026-01-02 13:01:00.000  mail  key-used      request 4: sign with 0123456789ABCDEF0123456789ABCDEF01234567:"
                                + " git commit “Fix it⟨U+202E⟩”",
                        "2026-01-02 13:02:00.000  mail  key-used      request 5: log-in with SHA256:abc: as git at forge.example"),
                printed());
        assertEquals(
                "{\"time\":\"2026-01-02T12:02:00Z\",\"event\":\"key-used\",\"instance\":\"mail\",\"request\":\"5\","
                        + "\"key\":\"SHA256:abc\",\"use\":\"log-in\",\"subject\":\"as git at forge.example\"}",
                printed("--kind", "key-used", "--json").getLast());
    }

    @Test
    void suppressedTellsTheMinuteInLocalTime() throws Exception {
        try (var book = AuditBook.open(state, now::get)) {
            for (int i = 0; i < 65; i++) {
                book.writeWithinBudget(new AuditEvent.LinkRefused("mail", "CID 3", "flood"));
            }
        }
        assertEquals(
                List.of(
                        "2026-01-02 13:00:00.000  mail  suppressed    5 more of mail in the minute from 2026-01-02 13:00:00.000"),
                printed("--kind", "suppressed"));
    }

    /** As it is started: a process of its own, whose reader goes away. */
    @Test
    void followsUntilNobodyReads() throws Exception {
        writeAWholeStory();
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SpectrumPortal.class.getName()));
        command.addAll(List.of("log", "--follow", "--json", "--lines", "1"));
        var builder =
                new ProcessBuilder(command).redirectError(home.resolve("err").toFile());
        builder.environment().put("XDG_STATE_HOME", home.toString());
        Process process = builder.start();
        try (var book = AuditBook.open(state, now::get)) {
            try (var out = process.inputReader()) {
                assertTrue(out.readLine().contains("link-ended"));
                book.write(new AuditEvent.Used("mail", "after"));
                assertTrue(out.readLine().contains("\"lease\":\"after\""));
                book.write(new AuditEvent.Used("new-instance", "first"));
                assertTrue(out.readLine().contains("\"instance\":\"new-instance\""));
            }
            assertFalse(process.waitFor(200, TimeUnit.MILLISECONDS), "it waits for the next event");
            book.write(new AuditEvent.Used("mail", "unheard"));
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it noticed that nobody reads");
            assertEquals(0, process.exitValue());
            assertEquals("", Files.readString(home.resolve("err")));
        } finally {
            process.destroyForcibly();
        }
    }
}
