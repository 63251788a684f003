// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.lease.Access;

/** Reads the rules of one instance, or of the host's applications. */
final class RulesReader {
    private static final String UNTIL_STOPPED = "until-stopped";
    private static final String ALWAYS = "always";

    private final PolicyReader reader;

    /** What an instance may do, and what is preselected when the user is asked. */
    record Rules(Rule file, Instance.Terms terms) {}

    RulesReader(PolicyReader reader) {
        this.reader = reader;
    }

    /** Nothing is lent to the host's applications, so nothing ends. */
    @Nullable
    Rule ofHost(LocatedJson value) {
        PolicyReader.Fields fields = reader.fields(value, "rules", Set.of("file"));
        return fields == null ? null : file(fields);
    }

    @Nullable
    Rules ofInstance(LocatedJson value) {
        PolicyReader.Fields fields = reader.fields(value, "rules", Set.of("file", "file-for", "file-access"));
        if (fields == null) {
            return null;
        }
        Rule file = file(fields);
        Loan loan = fields.optional("file-for", v -> {
            if (file != Rule.ASK) {
                reader.problem(
                        v, "file-for says how long files are lent, but none are: it needs \"file\": \"ask\" beside it");
            }
            return loan(v);
        });
        Access access = fields.optional("file-access", v -> {
            if (file != Rule.ASK) {
                reader.problem(
                        v,
                        "file-access says what is preselected when the user is asked, but nobody is: it needs \"file\":"
                                + " \"ask\" beside it");
            }
            return access(v, "file-access");
        });
        Instance.Terms usual = Instance.Terms.DEFAULT;
        return new Rules(
                file, new Instance.Terms(loan == null ? usual.loan() : loan, access == null ? usual.access() : access));
    }

    @Nullable
    Access access(LocatedJson value, String what) {
        return switch (value) {
            case LocatedJson.Text(var _, var text) when text.equals(Access.READ.word()) -> Access.READ;
            case LocatedJson.Text(var _, var text) when text.equals(Access.WRITE.word()) -> Access.WRITE;
            default -> {
                String near = value instanceof LocatedJson.Text(var _, var text)
                        ? Suggestion.of(text, Set.of(Access.READ.word(), Access.WRITE.word()))
                                .map(word -> "; did you mean \"" + word + "\"?")
                                .orElse("")
                        : "";
                reader.problem(value, what + " is \"read\" or \"write\", got " + value.describe() + near);
                yield null;
            }
        };
    }

    @Nullable
    Rule rule(LocatedJson value) {
        return switch (value) {
            case LocatedJson.Text(var _, var text) when text.equals("ask") -> Rule.ASK;
            case LocatedJson.Text(var _, var text) when text.equals("deny") -> Rule.DENY;
            default -> {
                reader.problem(value, "a rule is \"ask\" or \"deny\", got " + value.describe());
                yield null;
            }
        };
    }

    private Rule file(PolicyReader.Fields fields) {
        Rule file = fields.optional("file", this::rule);
        return file == null ? Rule.DENY : file;
    }

    private @Nullable Loan loan(LocatedJson value) {
        return switch (value) {
            case LocatedJson.Text(var _, var text) when text.equals(UNTIL_STOPPED) -> new Loan.UntilStopped();
            case LocatedJson.Text(var _, var text) when text.equals(ALWAYS) -> new Loan.Always();
            case LocatedJson.Text(var _, var text) -> {
                Optional<Duration> time = TimeText.of(text);
                yield time.isPresent() ? time(value, time.get()) : refuse(value, near(text));
            }
            case LocatedJson.Whole(var _, var number)
            when number > 0 -> refuse(value, "; did you mean \"" + number + "s\"?");
            default -> refuse(value, "");
        };
    }

    private @Nullable Loan time(LocatedJson value, Duration time) {
        return time.compareTo(Loan.For.LONGEST) > 0
                ? refuse(value, "; for longer than 365 days there is \"" + ALWAYS + "\"")
                : new Loan.For(time);
    }

    private static String near(String text) {
        return Suggestion.of(text, Set.of(UNTIL_STOPPED, ALWAYS))
                .map(near -> "; did you mean \"" + near + "\"?")
                .orElse("");
    }

    private @Nullable Loan refuse(LocatedJson value, String advice) {
        reader.problem(
                value,
                "file-for is \"" + UNTIL_STOPPED + "\", \"" + ALWAYS
                        + "\" or a time from 1 s to 365 d such as \"15m\" (s, m, h or d), got " + value.describe()
                        + advice);
        return null;
    }
}
