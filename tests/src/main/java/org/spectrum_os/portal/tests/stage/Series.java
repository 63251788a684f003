// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was measured of one thing, for each of those that are compared. */
final class Series {
    private final Map<String, List<Double>> values = new HashMap<>();

    void add(String who, double value) {
        values.computeIfAbsent(who, _ -> new ArrayList<>()).add(value);
    }

    /** NaN if there is nothing. */
    double median(String who) {
        List<Double> sorted =
                values.getOrDefault(who, List.of()).stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }
}
