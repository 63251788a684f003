// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.agent.CommandLine.Command;
import org.spectrum_os.portal.agent.link.HostAddress;

final class CommandLineTest {
    private static CommandLine parse(String words) throws CommandLine.UsageException {
        return CommandLine.parse(words.isEmpty() ? List.of() : List.of(words.split(" ", -1)));
    }

    @Test
    void hasTheGuestsDefaults() throws CommandLine.UsageException {
        assertEquals(
                new CommandLine(
                        Command.MOUNT, HostAddress.DEFAULT, "/run/portal", Duration.ZERO, 524_288, false, false),
                parse("mount"));
    }

    @Test
    void readsEveryOption() throws CommandLine.UsageException {
        assertEquals(
                new CommandLine(
                        Command.FRONTEND,
                        HostAddress.parse("vsock:7:9"),
                        "/mnt/x",
                        Duration.ofSeconds(30),
                        65_536,
                        true,
                        false),
                parse("--host vsock:7:9 frontend --mount-point /mnt/x/ --idle-exit 30 --msize 65536 --replace"));
    }

    @Test
    void aMountMayStay() throws CommandLine.UsageException {
        assertTrue(parse("mount --stay").stay());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                         | a command is missing
                    --replace                  | a command is missing
                    mount frontend             | two commands
                    umount                     | 'umount' is no command or option
                    mount --fast               | '--fast' is no command or option
                    mount --host               | --host needs a value
                    mount --host tcp:1         | 'tcp:1' is no host
                    mount --mount-point run    | absolute path, not 'run'
                    mount --msize 4095         | --msize needs a number from 4096 to 524312, not '4095'
                    mount --msize 524313       | not '524313'
                    mount --msize many         | not 'many'
                    frontend --idle-exit -1    | --idle-exit needs a number from 0 to 86400, not '-1'
                    """)
    void saysWhatIsWrong(String words, String message) {
        var e = assertThrows(CommandLine.UsageException.class, () -> parse(words));
        assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).endsWith("see spectrum-agent --help"));
        assertEquals(2, SpectrumAgent.run(words.isEmpty() ? List.of() : List.of(words.split(" ", -1)), System.out));
    }

    @Test
    void helpNamesEveryCommandAndOption() {
        var out = new ByteArrayOutputStream();
        assertEquals(
                0, SpectrumAgent.run(List.of("mount", "--help"), new PrintStream(out, true, StandardCharsets.UTF_8)));
        String help = out.toString(StandardCharsets.UTF_8);
        for (String word : List.of(
                "mount",
                "frontend",
                "backend",
                "--host",
                "--mount-point",
                "--msize",
                "--stay",
                "--idle-exit",
                "--replace",
                "--version")) {
            assertTrue(help.contains(word), word);
        }
    }
}
