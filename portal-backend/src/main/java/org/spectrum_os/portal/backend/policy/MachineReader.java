// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads where an instance's VM has its monitor. */
final class MachineReader {
    /** What a Unix socket's address holds. */
    private static final int LONGEST_BYTES = 107;

    private final PolicyReader reader;
    private final Map<Path, String> owners = new HashMap<>();

    MachineReader(PolicyReader reader) {
        this.reader = reader;
    }

    /** @param instance whose it is */
    @Nullable
    MachineAddress read(String instance, LocatedJson value) {
        PolicyReader.Fields fields = reader.fields(value, "machine", Set.of("crosvm", "qemu"));
        if (fields == null) {
            return null;
        }
        MachineAddress crosvm = fields.optional(
                "crosvm",
                v -> address(
                        v,
                        "crosvm is the absolute path of crosvm's control socket (crosvm run --socket PATH)",
                        MachineAddress.Crosvm::new));
        MachineAddress qemu = fields.optional(
                "qemu",
                v -> address(
                        v,
                        "qemu is the absolute path of QEMU's monitor socket (-qmp unix:PATH,server=on,wait=off)",
                        MachineAddress.Qemu::new));
        if (fields.has("crosvm") == fields.has("qemu")) {
            reader.problem(
                    value, "a machine is either {\"crosvm\": \"/path/of/socket\"} or {\"qemu\": \"/path/of/socket\"}");
            return null;
        }
        MachineAddress machine = crosvm == null ? qemu : crosvm;
        if (machine != null) {
            String other = owners.putIfAbsent(machine.socket(), instance);
            if (other != null) {
                reader.problem(
                        value,
                        "\"" + instance + "\" has the same machine as \"" + other + "\" (" + machine.socket()
                                + "); what is attached to one VM would be the other's, so each needs a monitor of its own");
            }
        }
        return machine;
    }

    private @Nullable MachineAddress address(LocatedJson value, String what, Function<Path, MachineAddress> made) {
        Optional<Path> path = AbsolutePath.of(value);
        if (path.isEmpty()) {
            reader.problem(value, what + ", got " + value.describe());
            return null;
        }
        int bytes = path.get().toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_BYTES) {
            reader.problem(value, "a socket's path has at most " + LONGEST_BYTES + " bytes, and this one has " + bytes);
            return null;
        }
        return made.apply(path.get());
    }
}
