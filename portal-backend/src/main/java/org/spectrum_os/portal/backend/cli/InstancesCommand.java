// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.spectrum_os.portal.backend.bus.ManagementClient;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Spec;

/** Lists the instances. */
@Command(
        name = "instances",
        mixinStandardHelpOptions = true,
        description = {
            "List the instances of the policy, and which of them run.",
            "",
            "linked: its agent has a link; mounted: it can see what is lent to it; blocked: you blocked it, which \"unblock\""
                    + " ends."
        })
final class InstancesCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        try (var backend = ManagementClient.connect()) {
            output.rows(
                    spec.commandLine().getOut(),
                    backend.instances(),
                    List.of("name", "colour", "link", "linked", "mounted", "blocked", "files", "leases"),
                    "The policy declares no instances.");
        }
        return SpectrumPortal.OK;
    }
}
