// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfinementCheckTest {
    @Test
    void whatWorksIsGood() {
        assertEquals(Doctor.State.GOOD, ConfinementCheck.of(List.of("bwrap")).state());
    }

    @Test
    void withoutItThereIsAdvice() {
        Doctor.Finding finding = ConfinementCheck.of(List.of("/no/such/bwrap"));
        assertEquals(Doctor.State.WRONG, finding.state());
        assertTrue(finding.advice().contains("install bubblewrap"), finding.advice());
    }

    @Test
    void itsOwnWordsAreTold() {
        Doctor.Finding finding = ConfinementCheck.of(List.of("bash", "-c", "echo No permissions; exit 1", "bwrap"));
        assertEquals(Doctor.State.WRONG, finding.state());
        assertTrue(finding.found().endsWith("No permissions"), finding.found());
    }
}
