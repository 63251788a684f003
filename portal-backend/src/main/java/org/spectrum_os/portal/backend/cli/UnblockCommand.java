// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.spectrum_os.portal.backend.bus.ManagementClient;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Ends blocks that the user put on instances. */
@Command(
        name = "unblock",
        mixinStandardHelpOptions = true,
        description = {"Let instances that you blocked ask again. Without it, a block lasts until the backend ends.", ""
        })
final class UnblockCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Parameters(
            paramLabel = "INSTANCE",
            arity = "1..*",
            description = {
                "Names that \"spectrum-portal instances\" shows as blocked. For a host application, its name in the audit log,"
                        + " such as host:org.example.App."
            })
    private List<String> instances = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        try (var backend = ManagementClient.connect()) {
            Output.Deed unblocks = (instance, _) -> {
                backend.unblock(instance);
                return "unblocked";
            };
            return output.each(spec.commandLine().getOut(), "instance", instances, unblocks, "Nothing was blocked.");
        }
    }
}
