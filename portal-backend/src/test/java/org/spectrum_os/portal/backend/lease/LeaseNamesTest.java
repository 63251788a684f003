// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LeaseNamesTest {
    @Test
    void aNameIsWhatWasLentInPlainLetters() {
        assertEquals("annual-report", LeaseNames.slug("Annual  Report.odt"));
        assertEquals("unicode-quotes-100", LeaseNames.slug("Ünïcode & \"quotes\" 100%.txt"));
        assertEquals("a".repeat(40), LeaseNames.slug("a".repeat(50) + ".txt"));
        assertEquals("bashrc", LeaseNames.slug(".bashrc"));
        assertEquals("file", LeaseNames.slug("日本.txt"));
        assertTrue(new LeaseNames().forLoan("Report.odt").get().matches("report-[a-z2-9]{4}"));
    }
}
