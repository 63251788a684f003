// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/** Times as {@link Instant#toString} writes them. A store has one in every entry, and the general parser takes longer than all the rest. */
final class Times {
    private static final int SECONDS_END = 19;
    private static final int MOST_FRACTION = 9;

    private Times() {}

    /**
     * Reads {@code 2026-01-31T12:00:00Z}, with up to nine digits of a second's fraction.
     *
     * @throws DateTimeParseException when it is no such time
     */
    static Instant parse(String text) {
        int last = text.length() - 1;
        boolean usual = last >= SECONDS_END
                && last <= SECONDS_END + 1 + MOST_FRACTION
                && text.charAt(last) == 'Z'
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(10) == 'T'
                && text.charAt(13) == ':'
                && text.charAt(16) == ':'
                && (last == SECONDS_END || text.charAt(SECONDS_END) == '.');
        if (!usual) {
            return Instant.parse(text);
        }
        try {
            int nanos = last == SECONDS_END ? 0 : digits(text, SECONDS_END + 1, last);
            for (int digit = last - SECONDS_END - 1; last != SECONDS_END && digit < MOST_FRACTION; digit++) {
                nanos *= 10;
            }
            return LocalDateTime.of(
                            digits(text, 0, 4),
                            digits(text, 5, 7),
                            digits(text, 8, 10),
                            digits(text, 11, 13),
                            digits(text, 14, 16),
                            digits(text, 17, 19),
                            nanos)
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new DateTimeParseException(String.valueOf(e.getMessage()), text, 0, e);
        }
    }

    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || from == to) {
                throw new DateTimeParseException("not a digit", text, i);
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }
}
