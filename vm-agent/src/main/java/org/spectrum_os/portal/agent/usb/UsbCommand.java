// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;

/** {@code spectrum-agent usb}: for programs that know no portals. */
public sealed interface UsbCommand permits UsbCommand.Devices, UsbRequest, UsbCommand.GiveBack {
    /** Exit status. */
    int DONE = 0;
    /** Exit status: the host is away, or the device did not come. */
    int FAILED = 1;
    /** Exit status: the user, or the policy, said no. */
    int DENIED = 3;
    /** Exit status: nobody answered in time. */
    int NO_ANSWER = 4;

    /** How long the user is waited for, unless the command line says otherwise; the host has a bound of its own. */
    Duration PATIENCE = Duration.ofMinutes(5);

    /**
     * Interface classes (USB-IF, "Defined Class Codes") by the words of the host's policy. The host is asked by class alone, so a word that
     * is narrower there stands for its whole class here; what the guest may ask for and what the user sees stays the host's to say.
     */
    Map<String, Integer> CLASSES = Map.ofEntries(
            Map.entry("bluetooth", 0xe0),
            Map.entry("camera", 0x0e),
            Map.entry("firmware", 0xfe),
            Map.entry("input", 0x03),
            Map.entry("keyboard", 0x03),
            Map.entry("mouse", 0x03),
            Map.entry("photos", 0x06),
            Map.entry("printer", 0x07),
            Map.entry("serial", 0x02),
            Map.entry("smart-card", 0x0b),
            Map.entry("sound", 0x01),
            Map.entry("special", 0xff),
            Map.entry("storage", 0x08));

    /**
     * Runs it, and returns the exit status.
     *
     * @param agentName what this agent calls itself, for the host's log
     * @throws IOException if the host is away
     */
    int run(String agentName, PrintStream out) throws IOException, InterruptedException;

    /** Print the devices that may be asked for. */
    record Devices(HostAddress host) implements UsbCommand {
        @Override
        public int run(String agentName, PrintStream out) throws IOException, InterruptedException {
            var seen = new Seen();
            try (var conversation = new HostUsb(host, agentName, seen)) {
                conversation.start();
                conversation.awaitListed();
                seen.lines().forEach(out::println);
            }
            return DONE;
        }
    }

    /** Give a device back that {@link UsbRequest} has kept. */
    record GiveBack(HostAddress host, String lease) implements UsbCommand {
        @Override
        public int run(String agentName, PrintStream out) throws IOException, InterruptedException {
            try (var conversation = new HostUsb(host, agentName, new Seen())) {
                conversation.start();
                conversation.awaitListed();
                conversation.release(lease);
                conversation.finish();
            }
            return DONE;
        }
    }

    /** Collects what there is, and hears nothing else. */
    final class Seen implements UsbEvents {
        private final Map<String, UsbDeviceInfo> devices = new LinkedHashMap<>();

        private Seen() {}

        private synchronized List<String> lines() {
            return devices.values().stream().map(UsbText::line).toList();
        }

        @Override
        public synchronized void present(UsbDeviceInfo device, boolean changed) {
            devices.put(device.id(), device);
        }

        @Override
        public synchronized void absent(String id) {
            devices.remove(id);
        }

        @Override
        public void again(LentDevice device) {}

        @Override
        public void taken(String lease) {}

        @Override
        public void lost(String why) {}
    }

    /** A class by a word of {@link #CLASSES}, or as two hexadecimal digits; null if it is neither. */
    static @Nullable Integer interfaceClass(String text) {
        Integer named = CLASSES.get(text);
        return named != null || !text.matches("[0-9A-Fa-f]{1,2}") ? named : Integer.valueOf(text, 16);
    }
}
