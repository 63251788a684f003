// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.bus.ManagementClient;
import org.spectrum_os.portal.backend.policy.TimeText;
import org.spectrum_os.portal.backend.usb.UsbDesk;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** USB devices: which there are, and lending them by hand. */
@Command(
        name = "usb",
        mixinStandardHelpOptions = true,
        description = "List USB devices, attach them to VMs, and take them back.",
        subcommands = {UsbCommand.ListDevices.class, UsbCommand.Attach.class, UsbCommand.Detach.class})
final class UsbCommand implements Runnable {
    private static final String DEVICE_FORMS =
            "its port (1-2.3), or vendor and product (1d50:6018), with the serial number behind it if there are two"
                    + " (1d50:6018:SERIAL)";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }

    /** Lists the devices. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = {
                "List the USB devices of this computer: what each is, what it does now, and which instances may have it.",
                "",
                "for: ask, it may ask for the device; manual, you can attach it; auto, it gets the device by itself. A name in"
                        + " quotes is the device's own, and any device can say anything."
            })
    static final class ListDevices implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Option(names = "--hubs", description = "Hubs too, which are never lent; JSON always has them.")
        private boolean hubs;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandLine.Model.CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            try (var backend = ManagementClient.connect()) {
                List<Map<String, Object>> devices = backend.usbDevices();
                output.rows(
                        spec.commandLine().getOut(),
                        output.isJson()
                                ? devices
                                : devices.stream()
                                        .filter(device -> hubs || !"hub".equals(device.get("reason")))
                                        .map(device -> UsbRow.readable(device, Instant.now(), ZoneId.systemDefault()))
                                        .toList(),
                        UsbRow.COLUMNS,
                        "No USB device is plugged in.");
            }
            return SpectrumPortal.OK;
        }
    }

    /** Attaches one. */
    @Command(
            name = "attach",
            mixinStandardHelpOptions = true,
            description = {
                "Attach a USB device to the VM of an instance, without a question. The policy must have a rule for it. The host"
                        + " cannot use it until it is taken back, its time is over, or the VM stops.",
                ""
            })
    static final class Attach implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Parameters(index = "0", paramLabel = "INSTANCE", description = "Its name in the policy.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String instance;

        @Parameters(index = "1", paramLabel = "DEVICE", description = "The device: " + DEVICE_FORMS + ".")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String device;

        @Option(
                names = "--for",
                paramLabel = "TIME",
                description = "For how long, such as 15m (s, m, h or d); else as long as the policy's rule says.")
        private @Nullable String time;

        @Option(names = "--unmount", description = "Unmount the file systems on it first.")
        private boolean unmount;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandLine.Model.CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            long seconds = seconds();
            var result = new LinkedHashMap<String, Object>();
            try (var backend = ManagementClient.connect()) {
                result.put("device", device);
                result.put("instance", instance);
                result.put("lease", backend.usbAttach(instance, device, seconds, unmount));
            }
            output.rows(spec.commandLine().getOut(), List.of(result), List.of("device", "instance", "lease"), "");
            return SpectrumPortal.OK;
        }

        /** 0 if no time is named. */
        private long seconds() {
            if (time == null) {
                return 0;
            }
            Optional<Duration> named = TimeText.of(time).filter(length -> length.compareTo(UsbDesk.LONGEST) <= 0);
            return named.orElseThrow(() -> new CommandLine.ParameterException(
                            spec.commandLine(),
                            "--for is a time from 1 s to " + UsbDesk.LONGEST.toDays()
                                    + " d such as 15m (s, m, h or d), got \"" + time + "\""))
                    .toSeconds();
        }
    }

    /** Takes some back. */
    @Command(
            name = "detach",
            mixinStandardHelpOptions = true,
            description = {
                "Take USB devices back from whoever has them, at once; the host's drivers have them again when this returns. One that"
                        + " the policy attaches by itself stays out until it is plugged in anew or its VM is started anew.",
                ""
            })
    static final class Detach implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Parameters(
                paramLabel = "DEVICE|LEASE",
                arity = "1..*",
                description = "A device: " + DEVICE_FORMS + "; or a name from \"spectrum-portal leases\".")
        private List<String> devices = List.of();

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandLine.Model.CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            try (var backend = ManagementClient.connect()) {
                Output.Deed detaches = (device, row) -> {
                    row.put("leases", backend.usbDetach(device));
                    return "detached";
                };
                return output.each(spec.commandLine().getOut(), "device", devices, detaches, "Nothing was detached.");
            }
        }
    }
}
