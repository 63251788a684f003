// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** When a lease ends, in words for people. */
final class LeaseEnd {
    private static final DateTimeFormatter SECOND = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);
    /** Sooner than this, the second matters. */
    private static final Duration SOON = Duration.ofMinutes(2);

    private LeaseEnd() {}

    /**
     * Describes the end of one lease.
     *
     * @param lease the fields that the backend gives
     */
    static String words(Map<String, Object> lease, Instant now, ZoneId zone) {
        String end = String.valueOf(lease.get("end"));
        return switch (end) {
            case "never" -> "never";
            case "instance-stops" -> "when " + lease.get("instance") + " stops";
            case "policy" -> "with the policy";
            case "uses" -> lease.get("uses-left") instanceof Number left ? after(left.longValue()) : end;
            case "at" -> "until " + moment(String.valueOf(lease.get("until")), now.atZone(zone));
            default -> end;
        };
    }

    private static String after(long uses) {
        return "after " + uses + (uses == 1 ? " more use" : " more uses");
    }

    private static String moment(String text, ZonedDateTime now) {
        ZonedDateTime until;
        try {
            until = Instant.parse(text).atZone(now.getZone());
        } catch (DateTimeException _) {
            return text;
        }
        if (Duration.between(now, until).compareTo(SOON) < 0) {
            return SECOND.format(until);
        }
        return until.toLocalDate().equals(now.toLocalDate()) ? MINUTE.format(until) : DAY.format(until);
    }
}
