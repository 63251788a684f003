// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.daemon.Doctor;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks at everything the backend needs and says what to do about what is missing. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {"Check what the backend needs on this machine, and say what to do about what is missing.", ""})
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Option(names = "--policy", paramLabel = "FILE", description = "The policy file, as for \"run\".")
    private java.nio.file.@Nullable Path policy;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        List<Doctor.Finding> findings = new Doctor(System.getenv(), policy).examine();
        var rows = new ArrayList<Map<String, Object>>();
        for (Doctor.Finding finding : findings) {
            var row = new LinkedHashMap<String, Object>();
            row.put("check", finding.check());
            row.put("state", finding.state().word());
            row.put("found", finding.found());
            row.put("advice", finding.advice());
            rows.add(row);
        }
        output.rows(
                spec.commandLine().getOut(), rows, List.of("check", "state", "found", "advice"), "Nothing to check.");
        return findings.stream().anyMatch(finding -> finding.state() == Doctor.State.WRONG)
                ? SpectrumPortal.FAILED
                : SpectrumPortal.OK;
    }
}
