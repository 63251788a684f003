// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.bus.ManagementClient;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes back what is lent. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        description = {
            "Take back what is lent, at once: the guest's next read fails, also on files it holds open; a device is out.",
            ""
        })
final class RevokeCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Which which;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Which leases to end. */
    static final class Which {
        @Parameters(paramLabel = "LEASE", description = "Names from \"spectrum-portal leases\".")
        private List<String> leases = List.of();

        @Option(names = "--instance", paramLabel = "NAME", description = "All leases of this instance.")
        private @Nullable String instance;

        @Option(names = "--all", description = "All leases.")
        private boolean all;
    }

    @Override
    public Integer call() throws Exception {
        try (var backend = ManagementClient.connect()) {
            Output.Deed revokes = (lease, _) -> {
                backend.revoke(lease);
                return "revoked";
            };
            return output.each(spec.commandLine().getOut(), "lease", leases(backend), revokes, "Nothing was lent.");
        }
    }

    private List<String> leases(ManagementClient backend) throws ManagementClient.UnavailableException {
        if (!which.all && which.instance == null) {
            return which.leases;
        }
        return backend.leases().stream()
                .filter(lease -> which.all || Objects.equals(lease.get("instance"), which.instance))
                // Devices last: a VM that does not let go of one is waited for, which nothing else needs to.
                .sorted(Comparator.comparing(lease -> "usb".equals(lease.get("kind"))))
                .map(lease -> (String) lease.get("lease"))
                .toList();
    }
}
