// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.store.audit.AuditKind;
import org.spectrum_os.portal.store.audit.AuditLine;

/** How lines of the audit log are shown. Whatever stands in a file, a terminal only shows it. */
final class LogText {
    /** A path may be as long as the kernel takes, and one line may name many. */
    private static final int WIDEST = 64 * 1024;

    private static final int WIDEST_NAME = 48;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT);
    private static final int KIND_WIDTH = Arrays.stream(AuditKind.values())
            .mapToInt(kind -> kind.word().length())
            .max()
            .orElseThrow();

    private final ZoneId zone;
    private int nameWidth;

    /** @param names of instances whose lines may come: those of others make the column wider when they do */
    LogText(ZoneId zone, Iterable<String> names) {
        this.zone = zone;
        names.forEach(this::widen);
    }

    private String widen(String name) {
        String shown = safe(name, WIDEST_NAME);
        nameWidth = Math.max(nameWidth, shown.length());
        return shown;
    }

    /** For people: local time, instance, kind, and the rest. */
    String line(AuditLine line) {
        String name = widen(line.instance());
        String rest = AuditKind.of(line.event())
                .map(kind -> known(kind, new Fields(line.fields())))
                .orElseGet(() -> unknown(line.fields()));
        return (TIME.format(line.time().atZone(zone)) + "  " + padded(name, nameWidth) + "  "
                        + padded(safe(line.event(), WIDEST_NAME), KIND_WIDTH) + "  " + safe(rest, WIDEST))
                .stripTrailing();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private record Fields(Map<String, String> all) {
        String get(String name) {
            return all.getOrDefault(name, "?");
        }

        /** Empty if the line has none. */
        String after(String separator, String name) {
            String value = all.get(name);
            return value == null ? "" : separator + value;
        }
    }

    private String known(AuditKind kind, Fields fields) {
        return switch (kind) {
            case LINKED -> "agent " + fields.get("agent");
            case LINK_REFUSED -> fields.get("peer") + fields.after(": ", "why");
            case LINK_ENDED -> fields.get("why");
            case REQUESTED ->
                "request " + fields.get("request") + ": " + fields.get("kind") + ", \"" + fields.get("claim") + "\"";
            case DECIDED ->
                "request " + fields.get("request") + ": " + fields.get("decision") + fields.after(", ", "why");
            case GRANTED ->
                "request " + fields.get("request") + ": lease " + fields.get("lease") + ", " + fields.get("access")
                        + ", " + until(fields) + ": " + fields.get("resource");
            case RESTORED ->
                "lease " + fields.get("lease") + " again, " + until(fields) + ": " + fields.get("resource");
            case USED -> "lease " + fields.get("lease");
            case KEY_USED ->
                "request " + fields.get("request") + ": " + fields.get("use") + " with " + fields.get("key")
                        + fields.after(": ", "subject");
            case REPLACED -> "lease " + fields.get("lease") + ": " + fields.get("name") + " saved";
            case NOT_REPLACED ->
                "lease " + fields.get("lease") + ": " + fields.get("name") + " not saved" + fields.after(": ", "why");
            case ENDED -> "lease " + fields.get("lease") + fields.after(": ", "why");
            case SUPPRESSED ->
                fields.get("events") + " more of " + fields.get("source") + " in the minute from "
                        + local(fields.get("since"));
        };
    }

    private static String until(Fields fields) {
        String end = fields.get("end");
        return "until " + (end.equals("never") ? "revoked" : end);
    }

    private static String unknown(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + " " + field.getValue())
                .collect(Collectors.joining(", "));
    }

    private String local(String time) {
        try {
            return TIME.format(Instant.parse(time).atZone(zone));
        } catch (DateTimeException e) {
            return time;
        }
    }

    private static String safe(String text, int most) {
        return DisplayText.of(Untrusted.of(text), most).toString();
    }

    /**
     * For programs: the line as it stands. What a terminal might obey is written as JSON's escape, which means the same: it can only be
     * within a text, save for tabs and the like, which can only be outside.
     */
    static String json(AuditLine line) {
        String text = line.text();
        var shown = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            if (codePoint < ' ') {
                shown.append(' ');
            } else if (isPlain(codePoint)) {
                shown.appendCodePoint(codePoint);
            } else {
                for (char unit : Character.toChars(codePoint)) {
                    shown.append("\\u%04x".formatted((int) unit));
                }
            }
        });
        return shown.toString();
    }

    private static boolean isPlain(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
