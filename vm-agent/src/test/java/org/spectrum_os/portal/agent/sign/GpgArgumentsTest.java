// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines as git, scripts and GPGME write them. */
final class GpgArgumentsTest {
    private static GpgCommand parse(String words) {
        return GpgArguments.parse(List.of(words.split(" ", -1)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
                    --status-fd=2 -bsau KEY                    | DETACHED      | true  | KEY  | -    | -      | 2  | 2
                    -s                                         | INLINE        | false | ''   | -    | -      | -1 | 2
                    -s f                                       | INLINE        | false | ''   | f    | f.gpg  | -1 | 2
                    -sa f                                      | INLINE        | true  | ''   | f    | f.asc  | -1 | 2
                    -b f                                       | DETACHED      | false | ''   | f    | f.sig  | -1 | 2
                    -ab f                                      | DETACHED      | true  | ''   | f    | f.asc  | -1 | 2
                    -tb f                                      | DETACHED_TEXT | false | ''   | f    | f.sig  | -1 | 2
                    --sign --detach --textmode --armor --      | DETACHED_TEXT | true  | ''   | -    | -      | -1 | 2
                    --detach-sign -- -f                        | DETACHED      | false | ''   | -f   | -f.sig | -1 | 2
                    --clear-sign f                             | CLEAR         | true  | ''   | f    | f.asc  | -1 | 2
                    -s --clearsign f                           | CLEAR         | true  | ''   | f    | f.asc  | -1 | 2
                    -uKEY -ooutput -s f                        | INLINE        | false | KEY  | f    | output | -1 | 2
                    -au KEY -o out -b f                        | DETACHED      | true  | KEY  | f    | out    | -1 | 2
                    -bu -x f                                   | DETACHED      | false | -x   | f    | f.sig  | -1 | 2
                    --local-user=KEY --output=- -b f           | DETACHED      | false | KEY  | f    | -      | -1 | 2
                    --local-user KEY --output - -b f           | DETACHED      | false | KEY  | f    | -      | -1 | 2
                    --default-key A --default-key B -b f       | DETACHED      | false | B    | f    | f.sig  | -1 | 2
                    --default-key A -u B -b f                  | DETACHED      | false | B    | f    | f.sig  | -1 | 2
                    -b -                                       | DETACHED      | false | ''   | -    | -      | -1 | 2
                    --status-fd 3 --logger-fd 4 -b f           | DETACHED      | false | ''   | f    | f.sig  | 3  | 4
                    --homedir h --batch --no-tty -b f          | DETACHED      | false | ''   | f    | f.sig  | -1 | 2
                    --pinentry-mode loopback -b f              | DETACHED      | false | ''   | f    | f.sig  | -1 | 2
                    --digest-algo SHA512 -b f                  | DETACHED      | false | ''   | f    | f.sig  | -1 | 2
                    -a --no-armor -b f                         | DETACHED      | false | ''   | f    | f.sig  | -1 | 2
                    """)
    void signaturesForTheHost(
            String words, String form, boolean armour, String key, String input, String output, int status, int log) {
        var sign = assertInstanceOf(GpgCommand.Sign.class, parse(words), words);
        assertEquals(form, sign.form().name());
        assertEquals(armour, sign.armour());
        assertEquals(key, sign.key());
        assertEquals(input, sign.input());
        assertEquals(output, sign.output());
        assertEquals(status, sign.statusFd());
        assertEquals(log, sign.loggerFd());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-se -r bob f",
                "-es f",
                "-sc f",
                "--sign --encrypt f",
                "--sign --symmetric f",
                "--sign-key bob",
                "--sign --unknown f",
                "--sign --unknown --comment x f",
                "--verify f.sig f",
                "-b --clearsign f",
                "-st f",
                "-b f g",
                "f -s",
                "-d f",
                "-b -n f",
                "--detach-sig f",
                "--detach-sign=yes f",
                "--sign -u",
                "-b --status-fd x f",
                "-b --status-fd 0 f",
                "-b --status-fd 70000 f",
                "--armor f",
                "-"
            })
    void whatIsForTheGuestsOwnGpg(String words) {
        assertInstanceOf(GpgCommand.Own.class, parse(words), words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    -b --comment x f              | --comment is not possible
                    --comment=x -b f              | --comment is not possible
                    -b -N a@b=c f                 | --set-notation is not possible
                    -b --sig-notation a@b=c f     | --sig-notation is not possible
                    -b --digest-algo SHA1 f       | --digest-algo SHA1 is not possible
                    -b --digest-algo=MD5 f        | --digest-algo MD5 is not possible
                    -b --passphrase-fd 0 f        | passphrases are asked for by the host
                    -b -u A -u B f                | more than one -u
                    -b --include-key-block f      | --include-key-block is not possible
                    --faked-system-time 1 -b f    | --faked-system-time is not possible
                    """)
    void whatTheHostDoesNotDo(String words, String reason) {
        var impossible = assertInstanceOf(GpgCommand.Impossible.class, parse(words), words);
        assertTrue(impossible.reason().contains(reason), impossible.reason());
    }

    /** As KMail, Claws and other users of GPGME call it. */
    @ParameterizedTest
    @ValueSource(strings = {"-&5", "-"})
    void gpgmeIsUnderstood(String input) {
        var sign = assertInstanceOf(
                GpgCommand.Sign.class,
                parse("--enable-special-filenames --batch --no-sk-comments --status-fd 12 --no-tty --charset utf8"
                        + " --enable-progress-filter --exit-on-status-write-error --display :0 --ttyname /dev/pts/1"
                        + " --ttytype xterm --lc-ctype C.UTF-8 --lc-messages C.UTF-8 --sign --detach --armor --textmode"
                        + " --sender <a@test.example> -u KEY --output - -- "
                        + input));
        assertEquals(input.equals("-") ? null : "/proc/self/fd/5", sign.input());
        assertEquals(12, sign.statusFd());
    }
}
