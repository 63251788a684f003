// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.backend.hypervisor.Deadline;

/** Where in a VM the USB bus of its xHCI controller is. */
final class Bus {
    /** Devices with a name of the user's, and without. */
    private static final List<String> PLACES = List.of("/machine/peripheral", "/machine/peripheral-anon");

    private Bus() {}

    /** Its name, for {@code bus=}: of the first controller for xHCI, since older ones do not take all devices. */
    static Optional<String> find(Qmp qmp, Deadline deadline)
            throws IOException, Qmp.RefusedException, InterruptedException {
        for (String place : PLACES) {
            for (JsonNode device : list(qmp, place, deadline)) {
                if (device.path("type").asText().contains("xhci")) {
                    for (JsonNode part :
                            list(qmp, place + "/" + device.path("name").asText(), deadline)) {
                        if (part.path("type").asText().equals("child<usb-bus>")) {
                            return Optional.of(part.path("name").asText());
                        }
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static JsonNode list(Qmp qmp, String path, Deadline deadline)
            throws IOException, Qmp.RefusedException, InterruptedException {
        return qmp.ask("qom-list", Qmp.arguments().put("path", path), List.of(), deadline);
    }
}
