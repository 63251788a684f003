// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How people write a length of time, in a policy and on the command line: a whole number and {@code s}, {@code m}, {@code h} or {@code d}. */
public final class TimeText {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,9})([smhd])");

    private TimeText() {}

    /** From 1 s up; empty if {@code text} has not that form. */
    public static Optional<Duration> of(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(parts.group(1));
        return Optional.of(
                switch (parts.group(2)) {
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    default -> Duration.ofDays(number);
                });
    }
}
