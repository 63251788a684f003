// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogBudgetTest {
    @Test
    void aFloodIsCountedAndCostsNobodyElseALine() {
        var budget = new LogBudget();
        var lines = new ArrayList<String>();
        for (int i = 0; i < 100; i++) {
            budget.write("hostile", "x", lines::add, 5);
        }
        assertEquals(LogBudget.MOST, lines.size());
        lines.clear();
        budget.write("friendly", "y", lines::add, 5);
        budget.write("hostile", "x", lines::add, 5 + Duration.ofSeconds(59).toNanos());
        budget.write("hostile", "z", lines::add, 5 + Duration.ofSeconds(60).toNanos());
        assertEquals(List.of("y", "z (41 lines about hostile were left out before this one)"), lines);
    }
}
