// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One USB device, in words for people. */
final class UsbRow {
    static final List<String> COLUMNS = List.of("port", "id", "name", "what", "now", "for");

    private UsbRow() {}

    /** @param device the fields that the backend gives */
    static Map<String, Object> readable(Map<String, Object> device, Instant now, ZoneId zone) {
        var row = new LinkedHashMap<String, Object>();
        row.put("port", text(device.get("port")));
        row.put("id", text(device.get("numbers")));
        row.put("name", name(device));
        row.put("what", plain(list(device.get("kinds"))));
        row.put("now", now(device, now, zone));
        row.put("for", permitted(device));
        return row;
    }

    /** By this computer's tables; and what the device says itself in quotes, if it says something else. */
    private static String name(Map<String, Object> device) {
        String name = text(device.get("name"));
        String claim = text(device.get("claim"));
        if (claim.isEmpty() || claim.equals(name)) {
            return name.isEmpty() ? "-" : name;
        }
        return name.isEmpty() ? "\"" + claim + "\"" : name + " \"" + claim + "\"";
    }

    private static String now(Map<String, Object> device, Instant now, ZoneId zone) {
        String lent = dictionaries(device.get("holders")).stream()
                .map(holder -> "lent to " + holder.get("instance")
                        + (Boolean.TRUE.equals(holder.get("shared")) ? " too" : "")
                        + until(holder, now, zone))
                .collect(Collectors.joining(", "));
        if (!lent.isEmpty()) {
            return lent;
        }
        String state = text(device.get("state"));
        return switch (state) {
            case "in-use" -> "used by " + String.join(", ", list(device.get("drivers")));
            case "mounted" -> "mounted at " + String.join(", ", list(device.get("mounts")));
            case "refused" -> refused(text(device.get("reason")));
            default -> state;
        };
    }

    private static String until(Map<String, Object> holder, Instant now, ZoneId zone) {
        Object until = holder.get("until");
        return until == null ? "" : " " + LeaseEnd.words(Map.of("end", "at", "until", until), now, zone);
    }

    private static String refused(String reason) {
        return switch (reason) {
            case "hub" -> "never lent: a hub";
            case "system-disk" -> "never lent: this computer runs from it";
            case "only-keyboard" -> "never lent: the only keyboard";
            case "only-pointer" -> "never lent: the only mouse or touchpad";
            // A rule of udev away from being lent.
            case "no-access" -> "not lent: you may not open it (see spectrum-portal doctor)";
            default -> "not lent: " + reason;
        };
    }

    private static String permitted(Map<String, Object> device) {
        String instances = dictionaries(device.get("permitted")).stream()
                .map(may -> may.get("instance") + " (" + may.get("mode") + ")")
                .collect(Collectors.joining(", "));
        return instances.isEmpty() ? "-" : instances;
    }

    private static String plain(List<String> words) {
        return words.stream().map(word -> word.replace('-', ' ')).collect(Collectors.joining(", "));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : String.valueOf(value);
    }

    private static List<String> list(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    private static List<Map<String, Object>> dictionaries(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(UsbRow::dictionary).toList()
                : List.of();
    }

    private static Map<String, Object> dictionary(Object value) {
        var fields = new LinkedHashMap<String, Object>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> fields.put(String.valueOf(key), inner));
        }
        return fields;
    }
}
