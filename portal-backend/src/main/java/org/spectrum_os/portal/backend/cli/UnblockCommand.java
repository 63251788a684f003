// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        var results = new ArrayList<Map<String, Object>>();
        int status = SpectrumPortal.OK;
        try (var backend = ManagementClient.connect()) {
            for (String instance : instances) {
                var result = new LinkedHashMap<String, Object>();
                result.put("instance", instance);
                try {
                    backend.unblock(instance);
                    result.put("result", "unblocked");
                } catch (ManagementClient.UnavailableException e) {
                    result.put("result", String.valueOf(e.getMessage()));
                    status = SpectrumPortal.FAILED;
                }
                results.add(result);
            }
        }
        output.rows(spec.commandLine().getOut(), results, List.of("instance", "result"), "Nothing was blocked.");
        return status;
    }
}
