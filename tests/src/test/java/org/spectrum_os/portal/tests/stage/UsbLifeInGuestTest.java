// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.tests.desktop.ConsentDialog;
import org.spectrum_os.portal.tests.desktop.Patience;

/** What a lent device's lease goes through, in a real guest: pulled out, come back as another, the backend killed, the VM started anew. */
class UsbLifeInGuestTest extends UsbGuestOnStage {
    private static final String ADAPTER = UsbOnStage.SERIAL;

    @Order(1)
    @Test
    void pullingItOutEndsTheLease() throws Exception {
        GuestApp app = holding();
        usb().fixture("unplug", UsbOnStage.STICK_PORT);
        try {
            assertLost(app);
            awaitLeases(0);
            inside().awaitDevices();
            assertEquals(0, usb().machine().attached());
        } finally {
            usb().plugStick();
        }
    }

    @Order(2)
    @Test
    void theSameDeviceThatComesBackAtItsPortStaysLent() throws Exception {
        attach();
        inside().awaitDevices(STICK);
        String lease = lease();
        String node = inside().node(STICK);
        usb().fixture("replace", "stick", UsbOnStage.STICK_PORT, "--serial", UsbOnStage.STICK_SERIAL);
        // A new one, as on the host.
        Patience.await("the stick to be back", PATIENCE, () -> {
            try {
                String now = inside().node(STICK);
                return now.isEmpty() || now.equals(node) ? Optional.empty() : Optional.of(now);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(lease, lease());
    }

    private static void attach() throws Exception {
        var attached = stage().backend().command("usb", "attach", Stage.INSTANCE, UsbOnStage.STICK_PORT);
        assertEquals(0, attached.status(), attached.out() + attached.err());
    }

    @Order(3)
    @Test
    void anotherDeviceAtThePortIsNotLent() throws Exception {
        GuestApp app = holding();
        usb().fixture("replace", "serial", UsbOnStage.STICK_PORT);
        try {
            assertLost(app);
            awaitLeases(0);
            inside().awaitDevices();
        } finally {
            usb().fixture("unplug", UsbOnStage.STICK_PORT);
            usb().plugStick();
        }
    }

    @Order(4)
    @Test
    void ofTwoThatSayTheSameTheChosenOneIsLent() throws Exception {
        usb().fixture("plug", "serial", "1-1");
        usb().fixture("plug", "serial", "1-2");
        try {
            GuestApp app = use("--device", ADAPTER, "--hold", "300");
            ConsentDialog dialog = dialog().awaitArmed();
            stage().desktop().screenshot(SCREENSHOTS.resolve("usb twins.png"));
            dialog.chooseDevice("1-2");
            dialog.lend();
            assertTrue(app.await("holding", PATIENCE).isPresent(), () -> describe(app));
            inside().awaitDevices(ADAPTER);
            assertEquals(List.of("1-2"), lentPorts());
        } finally {
            usb().fixture("unplug", "1-1");
            assertEquals(List.of("1-2"), lentPorts());
            usb().fixture("unplug", "1-2");
        }
    }

    /** The ports of what is lent, by the host's command. */
    private static List<String> lentPorts() throws Exception {
        var ports = new ArrayList<String>();
        for (JsonNode device : stage().backend().json("usb", "list")) {
            if (!device.get("holders").isEmpty()) {
                ports.add(device.get("port").asText());
            }
        }
        return ports;
    }

    @Order(5)
    @Test
    void theUserAttachesAndDetachesFromTheHost() throws Exception {
        permit(UsbOnStage.rule(STICK, "manual"));
        try {
            AppReport listed = use("--list").awaitEnd(PATIENCE);
            assertEquals(List.of(), listed.all("device"), listed.everything());
            attach();
            inside().awaitDevices(STICK);
            var list = stage().backend().command("usb", "list");
            assertTrue(list.out().contains(STICK) && list.out().contains(Stage.INSTANCE), list.out());
            var detached = stage().backend().command("usb", "detach", UsbOnStage.STICK_PORT);
            assertEquals(0, detached.status(), detached.out() + detached.err());
            inside().awaitDevices();
            assertEquals(0, leases().size());
        } finally {
            permit(UsbOnStage.rule(STICK, "ask"), UsbOnStage.rule(ADAPTER, "ask"));
        }
    }

    @Order(6)
    @Test
    void aBackendThatWasKilledLeavesNothingAttachedBehindItsReturn() throws Exception {
        GuestApp app = holding();
        stage().backend().kill();
        assertEquals(1, usb().machine().attached());
        startBackend();
        assertLost(app);
        inside().awaitDevices();
        assertEquals(0, leases().size());
        assertEquals(0, usb().machine().attached());
        agent().installFace(GuestAgent.Face.FRONTEND);
        var again = holding();
        assertEquals(0, stage().backend().command("revoke", lease()).status());
        assertLost(again);
    }

    @Order(7)
    @Test
    void aVmThatStartsAnewHasNothing() throws Exception {
        GuestApp app = holding();
        var _ = usb().machine().tell("restart");
        awaitLeases(0);
        assertLost(app);
        var again = holding();
        assertEquals(0, stage().backend().command("revoke", lease()).status());
        assertLost(again);
    }

    @Order(8)
    @Test
    void whatARuleGivesComesByItselfAndAgainWithTheVmUnlessItWasTakenBack() throws Exception {
        usb().fixture("unplug", UsbOnStage.STICK_PORT);
        permit(UsbOnStage.rule(STICK, "auto"));
        try {
            usb().plugStick();
            inside().awaitDevices(STICK);
            assertFalse(ConsentDialog.find(stage().desktop()).isPresent());
            String lease = lease();
            var _ = usb().machine().tell("restart");
            inside().awaitDevices(STICK);
            assertNotEquals(lease, lease());
            assertEquals(0, stage().backend().command("revoke", lease()).status());
            inside().awaitDevices();
            assertEquals(0, leases().size());
        } finally {
            permit(UsbOnStage.rule(STICK, "ask"), UsbOnStage.rule(ADAPTER, "ask"));
        }
    }

    @Order(9)
    @Test
    void aVmThatEndsGivesTheDeviceBack() throws Exception {
        var _ = holding();
        usb().machine().close();
        stage().guest().close();
        awaitLeases(0);
    }
}
