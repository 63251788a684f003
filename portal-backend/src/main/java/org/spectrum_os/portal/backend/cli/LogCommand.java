// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.daemon.Folders;
import org.spectrum_os.portal.backend.policy.Suggestion;
import org.spectrum_os.portal.store.audit.AuditKind;
import org.spectrum_os.portal.store.audit.AuditLine;
import org.spectrum_os.portal.store.audit.AuditReader;
import org.spectrum_os.portal.store.audit.AuditSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints the audit log. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = {
            "Print what instances asked for, what was decided, lent, used and ended: the audit log, oldest first.",
            "",
            "It reads the log's files; the backend need not run. A line that cannot be read is told on standard error and"
                    + " left out."
        })
final class LogCommand implements Callable<Integer> {
    private static final int MOST_LAST_LINES = 100_000;
    private static final int LAST_LINES_BEFORE_FOLLOWING = 10;
    /** How often it is asked whether anybody still reads. */
    private static final int LINES_BETWEEN_CHECKS = 256;

    private final Path state;
    private final ZoneId zone;
    private final InstantSource clock;

    @Option(
            names = "--instance",
            paramLabel = "NAME",
            description = {
                "Only events of this instance; may be given more than once. \"host\" means whatever belongs to no VM, and"
                        + " host:ID an application of the host."
            })
    private List<String> instances = List.of();

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = {
                "Only events of this kind: linked, link-refused, link-ended, requested, decided, granted, restored, used, key-used,"
                        + " replaced, not-replaced, ended or suppressed; may be given more than once."
            })
    private List<String> kinds = List.of();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only events of this time or later: " + PointInTime.FORMS + ".")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only events before this time.")
    private @Nullable String until;

    @Option(
            names = "--lines",
            paramLabel = "N",
            description = "Only the last N, at most " + MOST_LAST_LINES + "; with --follow 10 unless told.")
    private @Nullable Integer lines;

    @Option(names = "--follow", description = "Go on with new events until interrupted.")
    private boolean follow;

    @Option(names = "--json", description = "Print the lines as they stand in the log: a JSON object each.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    LogCommand() {
        this(Folders.of(System.getenv()).state(), ZoneId.systemDefault(), InstantSource.system());
    }

    LogCommand(Path state, ZoneId zone, InstantSource clock) {
        this.state = state;
        this.zone = zone;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        Predicate<AuditLine> wanted = filter();
        var problems = new LogProblems(spec.commandLine().getErr());
        try (AuditReader reader = follow
                ? AuditReader.follow(state, this::mayHold, problems)
                : AuditReader.open(state, this::mayHold, problems)) {
            var printer = new Printer(
                    new LogText(
                            zone,
                            reader.folders().stream().filter(this::mayHold).toList()),
                    wanted);
            boolean heard = printer.old(reader) && (!follow || goOn(reader, printer, problems));
            boolean known = true;
            if (heard && printer.isNothingPrinted()) {
                if (!json) {
                    spec.commandLine()
                            .getOut()
                            .println(isFiltered() ? "Nothing on record matches." : "Nothing is on record.");
                }
                known = instances.stream().allMatch(name -> isKnown(name, reader.folders()));
            }
            problems.tellCounts();
            return known && !problems.isAnyUnreadable() ? SpectrumPortal.OK : SpectrumPortal.FAILED;
        } catch (NoSuchFileException e) {
            return failed(state + " is not there, so there is nothing to follow; \"spectrum-portal run\" makes it");
        } catch (IOException e) {
            return failed("the audit log in " + state + " cannot be "
                    + (follow ? "followed (is fs.inotify.max_user_watches too low?): " : "read: ") + e.getMessage());
        }
    }

    private int failed(String why) {
        spec.commandLine().getErr().println("spectrum-portal: " + why);
        return SpectrumPortal.FAILED;
    }

    private boolean isKnown(String name, Set<String> folders) {
        if (AuditSource.ofInstance(name) instanceof AuditSource.Vm && !folders.contains(name)) {
            failed("no instance called \"" + name + "\" is on record"
                    + Suggestion.of(name, folders)
                            .map(near -> "; did you mean \"" + near + "\"?")
                            .orElse(folders.isEmpty() ? "" : "; there are " + String.join(", ", folders)));
            return false;
        }
        return true;
    }

    /** Until nobody reads any more, or this thread is interrupted. */
    private boolean goOn(AuditReader reader, Printer printer, LogProblems problems) throws IOException {
        try {
            do {
                reader.await();
            } while (printer.fresh(reader));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        problems.tellCounts();
        return false;
    }

    private boolean isFiltered() {
        return !instances.isEmpty() || !kinds.isEmpty() || since != null || until != null || lines != null;
    }

    /** Whether the log in this folder may hold events of the instances that are asked for. */
    private boolean mayHold(String folder) {
        return instances.isEmpty()
                || instances.stream()
                        .anyMatch(name -> AuditSource.ofInstance(name).folder().equals(folder));
    }

    private Predicate<AuditLine> filter() {
        Set<String> words =
                Arrays.stream(AuditKind.values()).map(AuditKind::word).collect(Collectors.toSet());
        for (String kind : kinds) {
            if (!words.contains(kind)) {
                throw misused("no event is called \"" + kind + "\""
                        + Suggestion.of(kind, words)
                                .map(near -> "; did you mean \"" + near + "\"?")
                                .orElse("; there are "
                                        + String.join(
                                                ", ", words.stream().sorted().toList())));
            }
        }
        if (lines != null && (lines < 0 || lines > MOST_LAST_LINES)) {
            throw misused("--lines takes 0 to " + MOST_LAST_LINES + ", got " + lines);
        }
        Instant from = moment("--since", since, Instant.MIN);
        Instant to = moment("--until", until, Instant.MAX);
        if (!from.isBefore(to)) {
            throw misused("--since is not before --until, so there can be no event between them");
        }
        return line -> !line.time().isBefore(from)
                && line.time().isBefore(to)
                && (kinds.isEmpty() || kinds.contains(line.event()))
                && (instances.isEmpty() || instances.stream().anyMatch(line::isOf));
    }

    private Instant moment(String option, @Nullable String text, Instant otherwise) {
        return text == null
                ? otherwise
                : PointInTime.of(text, clock.instant(), zone)
                        .orElseThrow(() ->
                                misused("\"" + text + "\" is no time for " + option + ": write " + PointInTime.FORMS));
    }

    private ParameterException misused(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    /** Prints what passes the filter, for as long as anybody reads. */
    private final class Printer {
        private final PrintWriter out = spec.commandLine().getOut();
        private final LogText text;
        private final Predicate<AuditLine> wanted;
        private long printed;

        Printer(LogText text, Predicate<AuditLine> wanted) {
            this.text = text;
            this.wanted = wanted;
        }

        boolean isNothingPrinted() {
            return printed == 0;
        }

        /** What stands there already; says whether anybody reads. */
        boolean old(AuditReader reader) {
            Integer most = follow && lines == null ? (Integer) LAST_LINES_BEFORE_FOLLOWING : lines;
            if (most == null) {
                return reader.read(this::take) && isHeard();
            }
            Deque<AuditLine> last = new ArrayDeque<>();
            reader.read(line -> {
                if (wanted.test(line)) {
                    last.add(line);
                    if (last.size() > most) {
                        last.remove();
                    }
                }
                return true;
            });
            return last.stream().allMatch(this::take) && isHeard();
        }

        boolean fresh(AuditReader reader) {
            return reader.read(this::take) && isHeard();
        }

        private boolean take(AuditLine line) {
            if (wanted.test(line)) {
                out.println(json ? LogText.json(line) : text.line(line));
                printed++;
                return printed % LINES_BETWEEN_CHECKS != 0 || isHeard();
            }
            return true;
        }

        /** Standard output keeps to itself that its pipe is closed, unless it is asked. */
        private boolean isHeard() {
            return !out.checkError() && !System.out.checkError();
        }
    }
}
