// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Figures by name, and the Markdown table of them. */
final class Figures {
    private final Map<String, List<Double>> all = new LinkedHashMap<>();

    /** Adds one measured value; the name says the unit. */
    void add(String name, double value) {
        all.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }

    /** One row for each name, in the order they came. */
    String table() {
        var out = new StringBuilder("| what | n | min | median | max |\n|---|--:|--:|--:|--:|\n");
        all.forEach((name, values) -> {
            List<Double> sorted = values.stream().sorted().toList();
            out.append("| %s | %d | %s | %s | %s |%n"
                    .formatted(
                            name,
                            sorted.size(),
                            shown(sorted.getFirst()),
                            shown(median(sorted)),
                            shown(sorted.getLast())));
        });
        return out.toString();
    }

    private static double median(List<Double> sorted) {
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    private static String shown(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    }
}
