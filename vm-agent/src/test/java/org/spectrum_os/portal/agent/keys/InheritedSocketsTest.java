// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class InheritedSocketsTest {
    @Test
    void socketsHaveTheirNames() {
        assertEquals(
                Map.of("gpg", 3, "ssh", 4),
                InheritedSockets.of(Map.of("LISTEN_PID", "77", "LISTEN_FDS", "2", "LISTEN_FDNAMES", "gpg:ssh"), 77));
    }

    @Test
    void whatIsMeantForAnotherProcessIsNotTaken() {
        assertEquals(Map.of(), InheritedSockets.of(Map.of(), 77));
        assertEquals(
                Map.of(),
                InheritedSockets.of(Map.of("LISTEN_PID", "76", "LISTEN_FDS", "1", "LISTEN_FDNAMES", "gpg"), 77));
    }

    @Test
    void whatMakesNoSenseIsSaid() {
        for (Map<String, String> environment : List.of(
                Map.of("LISTEN_PID", "77"),
                Map.of("LISTEN_PID", "77", "LISTEN_FDS", "1"),
                Map.of("LISTEN_PID", "77", "LISTEN_FDS", "2", "LISTEN_FDNAMES", "gpg"),
                Map.of("LISTEN_PID", "77", "LISTEN_FDS", "2", "LISTEN_FDNAMES", "gpg:gpg"),
                Map.of("LISTEN_PID", "77", "LISTEN_FDS", "2", "LISTEN_FDNAMES", "gpg:web"))) {
            assertThrows(IllegalArgumentException.class, () -> InheritedSockets.of(environment, 77));
        }
    }
}
