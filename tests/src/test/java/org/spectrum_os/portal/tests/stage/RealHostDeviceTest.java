// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.tests.desktop.DesktopException;
import org.spectrum_os.portal.tests.desktop.Patience;
import org.spectrum_os.portal.tests.guest.GuestVm;

/**
 * The host's side with a real kernel and its own USB devices. A guest is the host here, and a gadget of its kernel (dummy_hcd, g_mass_storage) the
 * stick that somebody plugs in; the backend's view of devices runs as an ordinary user. No VM runs inside that guest: what crosvm does with a
 * device's node is done by a few lines of Python.
 */
@Tag("guest")
class RealHostDeviceTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String NUMBERS = "0525:a4a5";
    /** What crosvm does: takes the interface from its driver, holds it, and closes the node when it is told to let go. */
    private static final String CLAIM = """
            import fcntl, os, struct, sys, time
            node = os.open(sys.argv[1], os.O_RDWR)
            fcntl.ioctl(node, 0x8108551b, struct.pack("II256s", 0, 0, b""))  # USBDEVFS_DISCONNECT_CLAIM
            open("/tmp/claimed", "w").close()
            while os.path.exists("/tmp/claimed"):
                time.sleep(0.05)
            """;

    private final Stage stage;
    private final GuestVm host;
    private int read;

    RealHostDeviceTest() throws Exception {
        stage = new Stage();
        host = stage.startGuest(line -> System.err.println("guest: " + line), AgentDisk.Content.HOST);
    }

    private String sh(String script) throws Exception {
        return host.sh(script, PATIENCE).orThrow().text();
    }

    @BeforeEach
    void start() throws Exception {
        // Who owns a node is for udev's rules to say; here, everybody may open each.
        sh("""
                set -e
                mkdir -p /run/udev/rules.d
                echo 'SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", MODE="0666"' >/run/udev/rules.d/50-test.rules
                /usr/lib/systemd/systemd-udevd --daemon
                truncate -s 8M /tmp/stick.img
                busybox mke2fs -F /tmp/stick.img
                modprobe dummy_hcd
                mkfifo -m 666 /tmp/probe.in
                as-app java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx64m --enable-native-access=ALL-UNNAMED \\
                    -cp '/opt/spectrum-portal/tests:/opt/spectrum-portal/portal-backend/*' %s <>/tmp/probe.in >/tmp/probe.out 2>&1 & disown
                """.formatted(HostUsbProbe.class.getName()));
        await("watching", _ -> true);
    }

    @AfterEach
    void end() throws Exception {
        stage.close();
    }

    private void plug(String serial) throws Exception {
        sh("modprobe g_mass_storage file=/tmp/stick.img removable=1 stall=0 iSerialNumber=" + serial);
    }

    private void tell(String line) throws Exception {
        sh("echo '" + line + "' >/tmp/probe.in");
    }

    /** Waits for the next event of that name for which that holds; what was said before it is not looked at again. */
    private JsonNode await(String event, Predicate<JsonNode> fits) throws Exception {
        try {
            return look(event, fits);
        } catch (DesktopException e) {
            throw new AssertionError(
                    e.getMessage() + "; it said:\n"
                            + host.sh("cat /tmp/probe.out; dmesg | tail -n 20", PATIENCE)
                                    .output(),
                    e);
        }
    }

    private JsonNode look(String event, Predicate<JsonNode> fits) throws DesktopException {
        return Patience.await("the probe to say " + event, PATIENCE, () -> {
            try {
                List<JsonNode> events =
                        AppReport.of(host.sh("cat /tmp/probe.out", PATIENCE)).events();
                for (int i = read; i < events.size(); i++) {
                    if (events.get(i).get("event").asText().equals(event) && fits.test(events.get(i))) {
                        read = i + 1;
                        return java.util.Optional.of(events.get(i));
                    }
                }
                return java.util.Optional.empty();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static Predicate<JsonNode> drivers(String... names) {
        List<String> wanted = List.of(names);
        return event -> {
            var seen = new java.util.ArrayList<String>();
            event.get("drivers").forEach(name -> seen.add(name.asText()));
            return seen.equals(wanted);
        };
    }

    @Test
    void aStickIsSeenOpenedTakenGivenBackAndPulledOut() throws Exception {
        plug("REAL-0001");
        JsonNode plugged = await("plugged", _ -> true);
        String port = plugged.get("port").asText();
        assertEquals(NUMBERS, plugged.get("numbers").asText());
        assertEquals("REAL-0001", plugged.get("serial").asText());
        assertEquals("[\"STORAGE\"]", plugged.get("kinds").toString());
        assertEquals("[\"usb-storage\"]", plugged.get("drivers").toString());
        assertEquals("", plugged.get("refusal").asText());

        sh("mkdir -p /mnt/stick && mount /dev/sda /mnt/stick");
        assertEquals(
                "/mnt/stick",
                await("changed", event -> !event.get("mounts").isEmpty())
                        .get("mounts")
                        .get(0)
                        .asText());
        sh("umount /mnt/stick");
        var _ = await("changed", event -> event.get("mounts").isEmpty());

        tell("remember");
        tell("open " + port);
        var _ = await("opened", _ -> true);

        sh("cat >/tmp/claim.py <<'END'\n" + CLAIM + "END\n"
                + "as-app python3 /tmp/claim.py $(ls /dev/bus/usb/*/* | tail -n 1) >/tmp/claim.log 2>&1 & disown\n"
                + "until [ -e /tmp/claimed ]; do sleep 0.1; kill -0 $! || { cat /tmp/claim.log; exit 1; }; done");
        var _ = await("changed", drivers("usbfs"));
        assertEquals("gone", sh("[ -e /dev/sda ] && echo there || echo gone").strip());
        // When a program lets go of an interface, the kernel tells nobody.
        sh("rm -f /tmp/claimed; while [ -e /sys/bus/usb/devices/" + port + ":1.0/driver ]; do sleep 0.1; done");

        tell("restore " + port);
        var _ = await("restored", _ -> true);
        tell("list");
        assertTrue(drivers("usb-storage").test(await("device", _ -> true)));
        sh("until [ -b /dev/sda ]; do sleep 0.1; done; mount /dev/sda /mnt/stick && umount /mnt/stick");

        sh("modprobe -r g_mass_storage");
        var _ = await("unplugged", event -> event.get("port").asText().equals(port));
        plug("REAL-0002");
        assertEquals("REAL-0002", await("plugged", _ -> true).get("serial").asText());
        tell("open " + port);
        var _ = await("gone", _ -> true);
    }
}
