// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.spectrum_os.portal.backend.usb.device.DeviceGoneException;
import org.spectrum_os.portal.backend.usb.device.DeviceNode;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.backend.usb.device.SysfsDevices;

/**
 * The backend's view of a computer's USB devices, by itself: what is there and what becomes of it, as JSON lines. Runs where there are real
 * devices. Lines of its input, {@code WORD PORT}: {@code list} and {@code remember}, without a port, say or keep what is
 * there now; {@code open} opens the node of the device that was kept, {@code restore} gives it back to its drivers. The end of input ends it.
 */
public final class HostUsbProbe {
    private final JsonMapper json = new JsonMapper();
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    /** By port. */
    private final Map<String, HostDevice> kept = new LinkedHashMap<>();

    private HostUsbProbe() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws IOException {
        new HostUsbProbe().run();
    }

    private void run() throws IOException {
        try (HostDevices devices = SysfsDevices.open(Path.of("/"), block -> {
                    throw new IOException("this program unmounts nothing, and not " + block);
                });
                var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            devices.listen(change -> {
                switch (change) {
                    case HostDevices.Change.Plugged(HostDevice device) -> say("plugged", device);
                    case HostDevices.Change.Unplugged(HostDevice device) -> say("unplugged", device);
                    case HostDevices.Change.Changed(HostDevice device) -> say("changed", device);
                }
            });
            say("watching", Map.of("devices", devices.now().size()));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "list" -> devices.now().forEach(device -> say("device", device));
                    case "remember" ->
                        devices.now()
                                .forEach(device -> kept.put(device.identity().port(), device));
                    case "open" -> open(devices, words[1]);
                    case "restore" -> restore(devices, words[1]);
                    default -> throw new IOException("what is \"" + line + "\"?");
                }
            }
        }
    }

    private HostDevice remembered(String port) throws IOException {
        HostDevice device = kept.get(port);
        if (device == null) {
            throw new IOException("nothing was remembered at " + port);
        }
        return device;
    }

    private void open(HostDevices devices, String port) throws IOException {
        try (DeviceNode node = devices.open(remembered(port))) {
            say("opened", Map.of("descriptor", node.descriptor().toString()));
        } catch (DeviceGoneException e) {
            say("gone", Map.of("message", String.valueOf(e.getMessage())));
        }
    }

    private void restore(HostDevices devices, String port) throws IOException {
        devices.restoreDrivers(remembered(port));
        say("restored", Map.of("port", port));
    }

    private void say(String event, HostDevice device) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("port", device.identity().port());
        fields.put("numbers", device.identity().numbers());
        fields.put("serial", device.identity().serial());
        fields.put("kinds", device.kinds());
        fields.put("drivers", device.drivers().stream().sorted().toList());
        fields.put("mounts", device.mounts());
        fields.put("refusal", device.refusal().map(Enum::name).orElse(""));
        say(event, fields);
    }

    private synchronized void say(String event, Map<String, ?> fields) {
        var all = new LinkedHashMap<String, Object>();
        all.put("event", event);
        all.putAll(fields);
        try {
            out.println(json.writeValueAsString(all));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
