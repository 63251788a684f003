// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Understands the moments that a user names on the command line. */
final class PointInTime {
    /** For help and errors. */
    static final String FORMS = "a duration back from now (90s, 30m, 2h, 7d, 4w), a local date or time (2026-01-31,"
            + " 2026-01-31T09:30), or one with its zone (2026-01-31T09:30:00Z)";

    private static final Pattern BACK = Pattern.compile("([0-9]{1,7})([smhdw])");
    private static final int SECONDS_OF_A_WEEK = 604_800;

    private PointInTime() {}

    /** The moment that {@code text} names; empty if it names none. A date alone is its first moment. */
    static Optional<Instant> of(String text, Instant now, ZoneId zone) {
        Matcher back = BACK.matcher(text);
        if (back.matches()) {
            return Optional.of(now.minusSeconds(Long.parseLong(back.group(1)) * seconds(back.group(2)))
                    .truncatedTo(ChronoUnit.MILLIS));
        }
        return attempt(() -> OffsetDateTime.parse(text).toInstant())
                .or(() -> attempt(() ->
                        LocalDateTime.parse(text.replace(' ', 'T')).atZone(zone).toInstant()))
                .or(() -> attempt(() -> LocalDate.parse(text).atStartOfDay(zone).toInstant()));
    }

    private static int seconds(String unit) {
        return switch (unit) {
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3600;
            case "d" -> 86_400;
            default -> SECONDS_OF_A_WEEK;
        };
    }

    private interface Form {
        Instant read();
    }

    private static Optional<Instant> attempt(Form form) {
        try {
            return Optional.of(form.read());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
