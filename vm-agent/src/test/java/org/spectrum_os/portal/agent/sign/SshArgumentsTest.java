// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines as git and people write them. */
final class SshArgumentsTest {
    private static SshArguments parse(String words) {
        return SshArguments.parse(List.of(words.split(" ", -1)));
    }

    @Test
    void signaturesForTheHost() {
        assertEquals(
                new SshArguments.Sign("git", "/k", List.of("/tmp/x"), false), parse("-Y sign -n git -f /k /tmp/x"));
        assertEquals(
                new SshArguments.Sign("git", "/k", List.of("/tmp/x"), false), parse("-Y sign -n git -f /k -U /tmp/x"));
        assertEquals(
                new SshArguments.Sign("file", "k", List.of("a", "-b"), true),
                parse("-qYsign -nfile -fk -O hashalg=sha512 a -b"));
        assertEquals(new SshArguments.Sign("file", "k", List.of(), false), parse("-Y sign -n file -f k"));
        assertEquals(new SshArguments.Sign("file", "k", List.of("-q"), false), parse("-Y sign -n file -f k -- -q"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Y verify -n git -f k -s x",
                "-Y sign -n git",
                "-Y sign -f k",
                "-Y sign -n git -f",
                "-Y sign -n git -f k -P secret",
                "-t ed25519 -f k",
                "-Y find-principals -f a -s b",
                "x -Y sign -n git -f k"
            })
    void whatIsForTheGuestsOwnSshKeygen(String words) {
        assertInstanceOf(SshArguments.Own.class, parse(words), words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    -Y sign -n git -f k -O hashalg=sha256 | -O hashalg=sha256 is not possible
                    -Y sign -n git -f k -Oother=1         | -O other=1 is not possible
                    -Y sign -n ü -f k                     | printable ASCII
                    """)
    void whatTheHostDoesNotDo(String words, String reason) {
        var impossible = assertInstanceOf(SshArguments.Impossible.class, parse(words), words);
        assertTrue(impossible.reason().contains(reason), impossible.reason());
    }
}
