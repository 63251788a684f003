// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads how far the user may agree to the same once more. */
final class AgainReader {
    private static final Pattern TIMES = Pattern.compile("([1-9][0-9]{0,3}) times?");
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,3}");
    private static final int MOST_TIMES = 1000;
    private static final Duration LONGEST = Duration.ofDays(1);

    private final PolicyReader reader;

    AgainReader(PolicyReader reader) {
        this.reader = reader;
    }

    @Nullable
    AgainRule read(LocatedJson value) {
        return switch (value) {
            case LocatedJson.Text(var _, var text) -> text(value, text);
            case LocatedJson.Whole(var _, var number)
            when number > 0 && number <= MOST_TIMES -> refuse(value, "; did you mean \"" + number + " times\"?");
            default -> refuse(value, "");
        };
    }

    private @Nullable AgainRule text(LocatedJson value, String text) {
        Matcher times = TIMES.matcher(text);
        if (times.matches() && Integer.parseInt(times.group(1)) <= MOST_TIMES) {
            return new AgainRule.Uses(Integer.parseInt(times.group(1)));
        }
        Optional<Duration> time = TimeText.of(text);
        if (time.isPresent() && time.get().compareTo(LONGEST) <= 0) {
            return new AgainRule.For(time.get());
        }
        return refuse(
                value,
                NUMBER.matcher(text).matches()
                        ? "; did you mean \"" + text + " times\", or \"" + text + "m\" for minutes?"
                        : "");
    }

    private @Nullable AgainRule refuse(LocatedJson value, String advice) {
        reader.problem(
                value,
                "again is a number of uses from \"1 time\" to \"1000 times\", or a time from 1 s to 24 h such as \"10m\""
                        + " (s, m, h or d), got " + value.describe() + advice);
        return null;
    }
}
