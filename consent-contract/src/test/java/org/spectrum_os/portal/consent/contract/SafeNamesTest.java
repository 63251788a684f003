// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.protocol.Untrusted;

class SafeNamesTest {
    @ParameterizedTest
    @CsvSource({
        "report.odt, report.odt",
        "/etc/passwd, passwd",
        "../../.bashrc, bashrc",
        "'  ... a b ', a b",
        "'..', ''",
        "'dir/', ''",
        "'a\u202egnp.exe', a_gnp.exe",
        "'a\nb\u0007c', a_b_c"
    })
    void aGuestsNameIsMadeSafe(String claimed, String safe) {
        String name = SafeNames.of(Untrusted.of(claimed));
        assertEquals(safe, name);
        assertTrue(name.isEmpty() || SafeNames.isSafe(name));
    }

    @Test
    void aLongNameKeepsItsExtension() {
        String name = SafeNames.of(Untrusted.of("ü".repeat(300) + ".tar.gz"));
        assertTrue(name.endsWith("ü.tar.gz"), name);
        assertTrue(name.getBytes(UTF_8).length <= 240);
        assertTrue(SafeNames.of(Untrusted.of("x".repeat(300))).length() <= 240);
        assertTrue(SafeNames.of(Untrusted.of("a." + "x".repeat(300))).length() <= 240, "no extension is so long");
    }

    @Test
    void namesThatBecomeTheSameAreNumbered() {
        assertEquals(
                List.of("a.txt", "a (1).txt", "file", "file (1)"),
                SafeNames.of(Stream.of("x/a.txt", "y/a.txt", "..", "")
                        .map(Untrusted::of)
                        .toList()));
    }

    @Test
    void theFirstFreeNumberIsTaken() {
        assertEquals("a.txt", SafeNames.free("a.txt", Set.of()::contains));
        assertEquals("a (2).txt", SafeNames.free("a.txt", Set.of("a.txt", "a (1).txt")::contains));
        assertEquals("a (1).tar.gz", SafeNames.free("a.tar.gz", "a.tar.gz"::equals));
        assertEquals("Makefile (1)", SafeNames.free("Makefile", "Makefile"::equals));
        assertEquals(".profile (1)", SafeNames.free(".profile", ".profile"::equals));
        String longest = "x".repeat(251) + ".txt";
        String free = SafeNames.free(longest, longest::equals);
        assertEquals(255, free.length());
        assertTrue(free.endsWith("x (1).txt"), free);
    }
}
