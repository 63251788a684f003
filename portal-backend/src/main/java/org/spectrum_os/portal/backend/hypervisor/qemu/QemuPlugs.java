// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.qemu;

import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.spectrum_os.portal.backend.hypervisor.Deadline;
import org.spectrum_os.portal.backend.hypervisor.DeviceIds;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.hypervisor.Plug;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;

/**
 * Plugging by one connection with a monitor. A device's name is {@code spectrum-usb-LABEL.VENDOR.PRODUCT}, both in hexadecimal, since QEMU does not tell
 * them of a device that it was given by a descriptor. One thread at a time.
 */
final class QemuPlugs {
    private static final System.Logger LOG = System.getLogger(QemuPlugs.class.getName());
    static final String PREFIX = "spectrum-usb-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "[a-z0-9-]{1,64}\\.([0-9a-f]{4})\\.([0-9a-f]{4})");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9-]{1,64}");
    private static final String PERIPHERAL = "/machine/peripheral";
    private static final Duration LAST_LOOK = Duration.ofMillis(500);
    /** As QEMU's key shows itself in the guest, hw/usb/u2f.c. */
    private static final DeviceIds KEY = new DeviceIds(0x200, 0x46f4, 0x0005);

    private final String name;
    private final Qmp qmp;
    /** The set that each device's descriptor is in. */
    private final Map<String, Integer> sets = new HashMap<>();

    QemuPlugs(String name, Qmp qmp) {
        this.name = name;
        this.qmp = qmp;
    }

    Plug attach(Descriptor node, String label, Deadline deadline) throws MachineException, InterruptedException {
        return attach(node, label, DeviceIds.of(node), "usb-host", "hostdevice", deadline);
    }

    Plug attachKey(Descriptor node, String label, Deadline deadline) throws MachineException, InterruptedException {
        return attach(node, label, KEY, "u2f-passthru", "hidraw", deadline);
    }

    private Plug attach(Descriptor node, String label, DeviceIds ids, String driver, String property, Deadline deadline)
            throws MachineException, InterruptedException {
        if (!LABEL.matcher(label).matches()) {
            throw new IllegalArgumentException("no label for a device: " + label);
        }
        requireDevice(node);
        String id = "%s%s.%04x.%04x".formatted(PREFIX, label, ids.vendor(), ids.product());
        boolean attached = false;
        try {
            String bus = Bus.find(qmp, deadline)
                    .orElseThrow(() -> new MachineException.Unsupported(
                            name + " has no xHCI controller: start it with -device qemu-xhci"));
            int set = qmp.ask("add-fd", Qmp.arguments().put("opaque", id), List.of(node), deadline)
                    .path("fdset-id")
                    .asInt(-1);
            sets.put(id, set);
            ObjectNode device =
                    Qmp.arguments().put("driver", driver).put("id", id).put("bus", bus);
            device.put(property, "/dev/fdset/" + set);
            JsonNode _ = qmp.ask("device_add", device, List.of(), deadline);
            attached = true;
            return new Plug(id, null, ids.vendor(), ids.product());
        } catch (Qmp.RefusedException e) {
            throw refused(driver, property, e);
        } catch (IOException e) {
            throw failed(e);
        } finally {
            if (!attached) {
                undo(id, deadline);
            }
        }
    }

    /** QEMU keeps what it opened and then could not use open for good (7.2 does), so no other file may come so far. */
    private static void requireDevice(Descriptor node) throws MachineException {
        try {
            if (!FileNode.status(node).isCharacterDevice()) {
                throw new MachineException.DeviceRefused("what was to be attached is no device; nothing was passed on");
            }
        } catch (MachineException e) {
            throw e;
        } catch (IOException e) {
            throw new MachineException.DeviceRefused(
                    "what was to be attached cannot be looked at (" + e.getMessage() + "); nothing was passed on");
        }
    }

    private MachineException refused(String driver, String property, Qmp.RefusedException e) {
        String said = String.valueOf(e.getMessage());
        if (said.contains("valid device model name") || said.contains("'" + driver + "." + property + "'")) {
            return new MachineException.Unsupported(name + " has no " + driver
                    + " that takes a descriptor: use a QEMU that was built with it (it said: " + said + ")");
        }
        if (said.contains("no free port") || said.contains("is full") || said.contains("Duplicate")) {
            return new MachineException.NoPort(
                    name + " has no place for the device: take one back, and try again (it said: " + said + ")");
        }
        return new MachineException.DeviceRefused(
                name + " does not take the device: plug it in anew, and see whether it works on the host (it said: "
                        + said + ")");
    }

    private MachineException failed(IOException e) {
        return e instanceof MachineException machine
                ? machine
                : new MachineException.NoAnswer(name + " fails: " + e.getMessage() + "; see whether it still runs");
    }

    /** Nothing of an attach that failed stays, if QEMU still answers. */
    private void undo(String id, Deadline deadline) throws InterruptedException {
        try {
            remove(id, deadline);
        } catch (IOException e) {
            LOG.log(WARNING, "what was begun with " + id + " could not be undone: " + e.getMessage());
        }
    }

    void detach(Plug plug, Deadline deadline) throws MachineException, InterruptedException {
        if (!NAME.matcher(plug.handle()).matches()) {
            throw new IllegalArgumentException("not a device of this project: " + plug.handle());
        }
        try {
            remove(plug.handle(), deadline);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The device, then its descriptor. */
    private void remove(String id, Deadline deadline) throws IOException, InterruptedException {
        Duration look = Duration.ofMillis(1);
        while (isThere(id, deadline)) {
            if (deadline.isOver()) {
                throw new MachineException.NoAnswer(name + " does not let go of " + id
                        + ": see whether its guest hangs; stopping it takes the device back");
            }
            try {
                JsonNode _ = qmp.ask("device_del", Qmp.arguments().put("id", id), List.of(), deadline);
            } catch (Qmp.RefusedException e) {
                // Gone meanwhile, or being unplugged already: the list tells.
                LOG.log(System.Logger.Level.DEBUG, "device_del of " + id + ": " + e.getMessage());
            }
            qmp.awaitDeleted(id, deadline.atMost(look));
            look = look.multipliedBy(2).compareTo(LAST_LOOK) < 0 ? look.multipliedBy(2) : LAST_LOOK;
        }
        Integer set = sets.remove(id);
        if (set != null) {
            try {
                JsonNode _ = qmp.ask("remove-fd", Qmp.arguments().put("fdset-id", set), List.of(), deadline);
            } catch (Qmp.RefusedException e) {
                LOG.log(System.Logger.Level.DEBUG, "remove-fd of " + id + ": " + e.getMessage());
            }
        }
    }

    private boolean isThere(String id, Deadline deadline) throws IOException, InterruptedException {
        return names(deadline).contains(id);
    }

    private List<String> names(Deadline deadline) throws IOException, InterruptedException {
        try {
            var names = new ArrayList<String>();
            for (JsonNode device : qmp.ask("qom-list", Qmp.arguments().put("path", PERIPHERAL), List.of(), deadline)) {
                names.add(device.path("name").asText());
            }
            return names;
        } catch (Qmp.RefusedException e) {
            throw new IOException("it does not list its devices (" + e.getMessage() + ")", e);
        }
    }

    List<Plug> list(Deadline deadline) throws MachineException, InterruptedException {
        try {
            var plugs = new ArrayList<Plug>();
            for (String each : names(deadline)) {
                Matcher matcher = NAME.matcher(each);
                if (matcher.matches()) {
                    plugs.add(new Plug(
                            each,
                            null,
                            Integer.parseInt(matcher.group(1), 16),
                            Integer.parseInt(matcher.group(2), 16)));
                }
            }
            return plugs;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Learns which sets an earlier backend left, and removes those without a device. */
    void adopt(Deadline deadline) throws MachineException, InterruptedException {
        try {
            List<String> names = names(deadline);
            for (JsonNode set : qmp.ask("query-fdsets", Qmp.arguments(), List.of(), deadline)) {
                int number = set.path("fdset-id").asInt(-1);
                for (JsonNode file : set.path("fds")) {
                    String id = file.path("opaque").asText();
                    if (NAME.matcher(id).matches()) {
                        sets.put(id, number);
                        if (!names.contains(id)) {
                            undo(id, deadline);
                        }
                    }
                }
            }
        } catch (Qmp.RefusedException e) {
            throw failed(new IOException("it does not list its descriptors (" + e.getMessage() + ")", e));
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
