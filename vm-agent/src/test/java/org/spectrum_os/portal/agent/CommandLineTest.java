// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.agent.keys.KeyService;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.agent.sign.GpgSign;
import org.spectrum_os.portal.agent.sign.SshSign;
import org.spectrum_os.portal.agent.usb.UsbCommand;
import org.spectrum_os.portal.agent.usb.UsbRequest;

final class CommandLineTest {
    private static CommandLine parse(String words) throws CommandLine.UsageException {
        return CommandLineParser.parse(words.isEmpty() ? List.of() : List.of(words.split(" ", -1)));
    }

    @Test
    void hasTheGuestsDefaults() throws CommandLine.UsageException {
        assertEquals(new CommandLine.Mount(HostAddress.DEFAULT, "/run/portal", 524_288, false), parse("mount"));
    }

    @Test
    void readsEveryOption() throws CommandLine.UsageException {
        assertEquals(
                new CommandLine.Choose(
                        CommandLine.Face.FRONTEND,
                        HostAddress.parse("vsock:7:9"),
                        "/mnt/x",
                        Duration.ofSeconds(30),
                        true),
                parse("--host vsock:7:9 frontend --mount-point /mnt/x/ --idle-exit 30 --msize 65536 --replace"));
    }

    @Test
    void readsWhatIsWantedOfUsb() throws CommandLine.UsageException {
        var host = HostAddress.parse("unix:/run/h");
        assertEquals(new CommandLine.Usb(new UsbCommand.Devices(host)), parse("usb list --host unix:/run/h"));
        assertEquals(
                new CommandLine.Usb(new UsbCommand.GiveBack(HostAddress.DEFAULT, "usb-1")), parse("usb release usb-1"));
        if (parse("usb request --vendor 1D50 --product 6018 --class storage --timeout 9 -- lsusb -v")
                instanceof CommandLine.Usb(UsbRequest request)) {
            assertEquals(
                    List.of(0x1d50, 0x6018, 8), List.of(request.vendor(), request.product(), request.interfaceClass()));
            assertEquals(Duration.ofSeconds(9), request.patience());
            assertEquals(List.of("lsusb", "-v"), request.command());
        } else {
            throw new AssertionError("no request");
        }
        assertEquals(0xef, UsbCommand.interfaceClass("eF"));
        // The words are those of the host's policy, docs/policy.md, and no others.
        assertEquals(
                Set.of(
                        "bluetooth",
                        "camera",
                        "firmware",
                        "input",
                        "keyboard",
                        "mouse",
                        "photos",
                        "printer",
                        "serial",
                        "smart-card",
                        "sound",
                        "special",
                        "storage"),
                UsbCommand.CLASSES.keySet());
        assertEquals(UsbCommand.interfaceClass("input"), UsbCommand.interfaceClass("keyboard"));
        for (String word : UsbCommand.CLASSES.keySet()) {
            assertTrue(CommandLine.HELP.contains(word), word);
        }
        for (String wrong : List.of(
                "usb",
                "usb lend",
                "usb release",
                "usb release A/B",
                "usb request --vendor 1d5",
                "usb request --class smartcard",
                "usb request --product 6018",
                "usb request --class disk",
                "usb request --timeout 0")) {
            assertThrows(CommandLine.UsageException.class, () -> parse(wrong), wrong);
        }
    }

    @Test
    void aMountMayStay() throws CommandLine.UsageException {
        assertEquals(
                new CommandLine.Mount(HostAddress.DEFAULT, "/mnt/x", 65_536, true),
                parse("mount --stay --mount-point /mnt/x/ --msize 65536"));
    }

    @Test
    void theCommandsForKeysHaveTheirOptions() throws CommandLine.UsageException {
        var host = HostAddress.parse("unix:/run/h");
        assertEquals(
                new CommandLine.Keys(new KeyService(host, "/run/g", "/run/s", Duration.ofSeconds(60))),
                parse("keys --gpg-socket /run/g --ssh-socket /run/s --idle-exit 60 --host unix:/run/h"));
        assertEquals(
                new CommandLine.Keys(new KeyService(HostAddress.DEFAULT, null, null, Duration.ZERO)), parse("keys"));
        assertEquals(new CommandLine.Sync(host, "home"), parse("--host unix:/run/h gpg sync --homedir home"));
        assertEquals(
                new CommandLine.SignGpg(new GpgSign(
                        host, "/usr/bin/gpg", Set.of(0, 9), List.of("--host", "x", "--help", "--version", "--"))),
                parse(
                        "--host unix:/run/h gpg-sign --own /usr/bin/gpg --descriptors 0,9 -- --host x --help --version --"));
        assertEquals(
                new CommandLine.SignSsh(new SshSign(HostAddress.DEFAULT, null, Set.of(), List.of("-Y", "sign"))),
                parse("ssh-sign -- -Y sign"));
        assertEquals(new CommandLine.HoldKeys(Path.of("/run/v")), parse("vault --listen unix:/run/v"));
        assertEquals(new CommandLine.HoldKeys(null), parse("vault"));
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
                    gpg                        | after gpg only sync
                    gpg import                 | after gpg only sync
                    gpg sync vault             | two commands
                    keys --gpg-socket S        | --gpg-socket needs an absolute path
                    vault --listen unix:v      | --listen needs unix: and an absolute path
                    gpg-sign --descriptors 1,a | --descriptors needs a number
                    gpg-sign -bsau             | '-bsau' is no command or option
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
                "keys",
                "gpg sync",
                "gpg-sign",
                "ssh-sign",
                "vault",
                "--gpg-socket",
                "--ssh-socket",
                "--homedir",
                "--own",
                "--descriptors",
                "--listen",
                "--replace",
                "--version")) {
            assertTrue(help.contains(word), word);
        }
    }
}
