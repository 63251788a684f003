// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.spectrum_os.portal.backend.bus.ManagementClient;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;
import picocli.CommandLine.Option;

/** How every command prints what it found. */
final class Output {
    private static final int WIDEST = 200;
    private static final String RESULT = "result";

    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    boolean isJson() {
        return json;
    }

    void json(PrintWriter out, Object value) {
        try {
            out.println(JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("plain maps and lists can be written as JSON", e);
        }
    }

    /**
     * Prints rows as a table, or as JSON.
     *
     * @param columns which fields the table shows, in order; JSON has all of them
     */
    void rows(PrintWriter out, List<Map<String, Object>> rows, List<String> columns, String none) {
        if (json) {
            json(out, rows);
            return;
        }
        if (rows.isEmpty()) {
            out.println(none);
            return;
        }
        Map<String, Integer> widths = columns.stream()
                .collect(Collectors.toMap(
                        column -> column,
                        column -> rows.stream()
                                .mapToInt(row -> cell(row, column).length())
                                .reduce(column.length(), Math::max)));
        out.println(line(columns, column -> column.toUpperCase(java.util.Locale.ROOT), widths));
        rows.forEach(row -> out.println(line(columns, column -> cell(row, column), widths)));
    }

    /** What is done with one of several. */
    @FunctionalInterface
    interface Deed {
        /**
         * Does it, and says in a word what has become of it.
         *
         * @param row takes what JSON shows besides
         */
        String does(String name, Map<String, Object> row) throws ManagementClient.UnavailableException;
    }

    /**
     * Does it with each, and prints what became of each; one with which it cannot be done keeps no other from it.
     *
     * @param column what they are, for the table
     * @return the exit status
     */
    int each(PrintWriter out, String column, List<String> names, Deed deed, String none) {
        var rows = new ArrayList<Map<String, Object>>();
        int status = SpectrumPortal.OK;
        for (String name : names) {
            var row = new LinkedHashMap<String, Object>();
            row.put(column, name);
            // Before what JSON shows besides.
            row.put(RESULT, "");
            try {
                row.put(RESULT, deed.does(name, row));
            } catch (ManagementClient.UnavailableException e) {
                row.put(RESULT, String.valueOf(e.getMessage()));
                status = SpectrumPortal.FAILED;
            }
            rows.add(row);
        }
        rows(out, rows, List.of(column, RESULT), none);
        return status;
    }

    private static String line(
            List<String> columns, java.util.function.Function<String, String> text, Map<String, Integer> widths) {
        return columns.stream()
                .map(column -> {
                    int width = widths.getOrDefault(column, 1);
                    return String.format("%-" + width + "s", text.apply(column));
                })
                .collect(Collectors.joining("  "))
                .stripTrailing();
    }

    /** File names and reasons may hold anything; a terminal must not obey them. */
    private static String cell(Map<String, Object> row, String column) {
        Object value = row.get(column);
        if (value instanceof Boolean yes) {
            return yes ? "yes" : "no";
        }
        return DisplayText.of(Untrusted.of(String.valueOf(value)), WIDEST).toString();
    }
}
