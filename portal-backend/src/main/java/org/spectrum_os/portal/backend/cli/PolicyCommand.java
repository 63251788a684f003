// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.spectrum_os.portal.backend.bus.ManagementClient;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.PolicyException;
import org.spectrum_os.portal.backend.policy.PolicyReader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands about the policy file. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        description = "Work with policy files.",
        subcommands = {PolicyCommand.Check.class, PolicyCommand.Reload.class})
final class PolicyCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }

    /** Checks a file and reports every problem in it. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = {"Read a policy file as the backend would, and report every problem with its line.", ""})
    static final class Check implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Parameters(paramLabel = "FILE", description = "The policy file.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Path file;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandLine.Model.CommandSpec spec;

        @Override
        public Integer call() {
            var out = spec.commandLine().getOut();
            try {
                Policy policy = PolicyReader.read(file);
                if (output.isJson()) {
                    output.json(
                            out,
                            Map.of(
                                    "valid",
                                    true,
                                    "instances",
                                    policy.instances().size()));
                } else {
                    out.println(file + ": good, " + policy.instances().size() + " instance(s)");
                }
                return SpectrumPortal.OK;
            } catch (PolicyException e) {
                if (output.isJson()) {
                    var report = new LinkedHashMap<String, Object>();
                    report.put("valid", false);
                    report.put(
                            "problems",
                            e.problems().stream()
                                    .map(problem -> Map.of(
                                            "line",
                                            problem.line(),
                                            "column",
                                            problem.column(),
                                            "message",
                                            problem.message()))
                                    .toList());
                    output.json(out, report);
                } else {
                    spec.commandLine().getErr().println(e.getMessage());
                }
                return SpectrumPortal.MISUSED;
            }
        }
    }

    /** Has the running backend read its file again. */
    @Command(
            name = "reload",
            mixinStandardHelpOptions = true,
            description = {
                "Have the running backend read its policy file again. A file with any problem changes nothing. A good one is in force"
                        + " when this returns: leases that it does not allow any more have ended, files that it gives are lent,"
                        + " and new instances can link.",
                ""
            })
    static final class Reload implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandLine.Model.CommandSpec spec;

        @Override
        public Integer call() throws ManagementClient.UnavailableException {
            ManagementClient.Reloaded reloaded;
            try (var backend = ManagementClient.connect()) {
                reloaded = backend.reloadPolicy();
            }
            boolean good = reloaded.problems().isEmpty();
            if (output.isJson()) {
                output.json(
                        spec.commandLine().getOut(),
                        good
                                ? Map.of("valid", true, "instances", reloaded.instances())
                                : Map.of("valid", false, "problems", reloaded.problems()));
            } else if (good) {
                spec.commandLine().getOut().println("in force, " + reloaded.instances() + " instance(s)");
            } else {
                var err = spec.commandLine().getErr();
                reloaded.problems()
                        .forEach(problem ->
                                err.println((problem.get("line") instanceof Number line && line.longValue() > 0
                                                ? "line " + line + ", column " + problem.get("column") + ": "
                                                : "")
                                        + problem.get("message")));
                err.println("spectrum-portal: nothing has changed: the policy must be right as a whole");
            }
            return good ? SpectrumPortal.OK : SpectrumPortal.MISUSED;
        }
    }
}
