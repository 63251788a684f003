// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent;

import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.CommandLine.UsageException;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.agent.usb.GuestNodes;
import org.spectrum_os.portal.agent.usb.UsbCommand;
import org.spectrum_os.portal.agent.usb.UsbRequest;

/** The words of {@code spectrum-agent usb}, as {@link CommandLineParser} comes upon them. */
final class UsbWords {
    private static final Pattern NUMBER = Pattern.compile("[0-9A-Fa-f]{4}");
    private static final Pattern LEASE = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    private @Nullable Integer vendor;
    private @Nullable Integer product;
    private @Nullable Integer interfaceClass;
    private Duration patience = UsbCommand.PATIENCE;
    private String lease = "";

    void lease(String text) throws UsageException {
        if (!LEASE.matcher(text).matches()) {
            throw new UsageException("usb release needs a lease's name, as usb request prints it behind the path");
        }
        lease = text;
    }

    void option(String option, String value) throws UsageException {
        switch (option) {
            case "--vendor" -> vendor = number(option, value);
            case "--product" -> product = number(option, value);
            case "--timeout" -> patience = Duration.ofSeconds(CommandLineParser.number(option, value, 1, 86_400));
            default -> {
                interfaceClass = UsbCommand.interfaceClass(value);
                if (interfaceClass == null) {
                    throw new UsageException(option + " needs two hexadecimal digits or one of "
                            + String.join(", ", new TreeSet<>(UsbCommand.CLASSES.keySet())) + ", not '" + value
                            + "'");
                }
            }
        }
    }

    private static int number(String option, String value) throws UsageException {
        if (!NUMBER.matcher(value).matches()) {
            throw new UsageException(option + " needs four hexadecimal digits, not '" + value + "'");
        }
        return Integer.parseInt(value, 16);
    }

    UsbCommand command(String command, HostAddress host, List<String> arguments) throws UsageException {
        return switch (command) {
            case "usb list" -> new UsbCommand.Devices(host);
            case "usb release" -> new UsbCommand.GiveBack(host, lease);
            default -> {
                if (product != null && vendor == null) {
                    throw new UsageException("--product needs --vendor as well");
                }
                yield new UsbRequest(host, vendor, product, interfaceClass, patience, arguments, GuestNodes.ofThisVm());
            }
        };
    }
}
