// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseEndTest {
    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T12:05:30Z,until 14:05",
        "2026-01-02T12:01:30Z,until 14:01:30",
        "2026-01-02T11:59:59Z,until 13:59:59",
        "2026-01-02T21:59:00Z,until 23:59",
        "2026-01-02T22:00:00Z,until 2026-01-03 00:00",
        "2027-01-02T12:00:00Z,until 2027-01-02 14:00",
        "tomorrow,until tomorrow"
    })
    void aMomentIsToldByTheLocalClock(String until, String words) {
        assertEquals(words, LeaseEnd.words(Map.of("end", "at", "until", until), NOW, ZoneOffset.ofHours(2)));
    }

    @Test
    void otherEndsAreToldInWords() {
        assertEquals("never", LeaseEnd.words(Map.of("end", "never"), NOW, ZoneOffset.UTC));
        assertEquals(
                "when mail stops",
                LeaseEnd.words(Map.of("end", "instance-stops", "instance", "mail"), NOW, ZoneOffset.UTC));
        assertEquals("after 2 more uses", LeaseEnd.words(Map.of("end", "uses", "uses-left", 2L), NOW, ZoneOffset.UTC));
        assertEquals("after 1 more use", LeaseEnd.words(Map.of("end", "uses", "uses-left", 1L), NOW, ZoneOffset.UTC));
        assertEquals(
                "uses", LeaseEnd.words(Map.of("end", "uses"), NOW, ZoneOffset.UTC), "of a backend that does not say");
        assertEquals("dusk", LeaseEnd.words(Map.of("end", "dusk"), NOW, ZoneOffset.UTC), "one that this does not know");
    }
}
