// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.bus.ManagementClient;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists what is lent. */
@Command(
        name = "leases",
        mixinStandardHelpOptions = true,
        description = {
            "List what is lent, USB devices too, and which keys may be used unasked: to whom, and until when.",
            ""
        })
final class LeasesCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Option(names = "--instance", paramLabel = "NAME", description = "Only the leases of this instance.")
    private @Nullable String instance;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        try (var backend = ManagementClient.connect()) {
            var leases = backend.leases().stream()
                    .filter(lease -> instance == null || instance.equals(lease.get("instance")))
                    .toList();
            output.rows(
                    spec.commandLine().getOut(),
                    output.isJson()
                            ? leases
                            : leases.stream().map(this::readable).toList(),
                    List.of("lease", "instance", "access", "ends", "created", "resource"),
                    "Nothing is lent.");
        }
        return SpectrumPortal.OK;
    }

    private Map<String, Object> readable(Map<String, Object> lease) {
        var row = new LinkedHashMap<>(lease);
        row.put("resource", resource(lease));
        row.put("ends", LeaseEnd.words(lease, Instant.now(), ZoneId.systemDefault()));
        return row;
    }

    /**
     * A directory ends in a slash; what is lent along with a file follows it; what a key signs unasked was seen by this host, or was not;
     * a device is told by its name. */
    static String resource(Map<String, Object> lease) {
        if ("usb".equals(lease.get("kind"))) {
            return device(lease);
        }
        if ("key".equals(lease.get("kind")) && "sign".equals(lease.get("access"))) {
            return lease.get("resource")
                    + (Boolean.TRUE.equals(lease.get("seen")) ? " (what is seen)" : " (unseen hashes)");
        }
        String text = lease.get("resource") + ("directory".equals(lease.get("kind")) ? "/" : "");
        return lease.get("companions") instanceof List<?> companions && !companions.isEmpty()
                ? text + " (+ " + companions.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ")"
                : text;
    }

    private static String device(Map<String, Object> lease) {
        String name = String.valueOf(lease.getOrDefault("name", ""));
        return (name.isEmpty() ? "" : name + ", ") + lease.get("numbers") + " at " + lease.get("resource")
                + (Boolean.TRUE.equals(lease.get("shared")) ? " (shared)" : "");
    }
}
