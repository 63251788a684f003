// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.policy.Colour;
import org.spectrum_os.portal.backend.policy.GuestUser;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.backend.policy.MachineAddress;
import org.spectrum_os.portal.backend.policy.Rule;

class MachinesTest {
    @TempDir
    Path folder;

    @Test
    void aMachineStaysWhileItsAddressDoes() throws Exception {
        try (var machines = new Machines(new Nobody())) {
            var crosvm = new MachineAddress.Crosvm(folder.resolve("a"));
            machines.use(List.of(instance("a", Optional.of(crosvm)), instance("none", Optional.empty())));
            Machine first = machines.of("a").orElseThrow();
            assertEquals(Optional.empty(), machines.of("none"));
            machines.use(List.of(instance("a", Optional.of(crosvm))));
            assertSame(first, machines.of("a").orElseThrow());
            machines.use(List.of(instance("a", Optional.of(new MachineAddress.Qemu(folder.resolve("a"))))));
            assertNotSame(first, machines.of("a").orElseThrow());
            machines.use(List.of());
            assertEquals(Optional.empty(), machines.of("a"));
            assertThrows(MachineException.NoAnswer.class, first::plugs);
        }
    }

    private static final class Nobody implements Machines.Listener {
        @Override
        public void started(String instance) {
            throw new AssertionError(instance);
        }

        @Override
        public void stopped(String instance) {
            throw new AssertionError(instance);
        }
    }

    private Instance instance(String name, Optional<MachineAddress> machine) {
        return new Instance(
                name,
                new Colour("#3584e4"),
                new LinkAddress.Unix(folder.resolve("link")),
                Rule.ASK,
                Instance.Terms.DEFAULT,
                GuestUser.DEFAULT,
                List.of(),
                Optional.empty(),
                false,
                List.of(),
                false,
                machine,
                List.of());
    }
}
