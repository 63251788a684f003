// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.tests.desktop.ConsentDialog;
import org.spectrum_os.portal.tests.guest.CommandResult;
import org.spectrum_os.portal.tests.stage.GuestAgent.Face;

/** Applications in a real guest that want a USB device of the host: by the standard portal, from two D-Bus libraries, and without it. */
class UsbInGuestTest extends UsbGuestOnStage {
    private static final int BLOCKS = 128;
    private static final int BLOCK_BYTES = 512;

    @Order(1)
    @Test
    void anApplicationGetsTheDeviceAfterOneClickAndLosesItOnRevoke() throws Exception {
        GuestApp app = use("--device", STICK, "--hold", "300");
        ConsentDialog dialog = dialog().awaitArmed();
        stage().desktop().screenshot(SCREENSHOTS.resolve("usb asked.png"));
        assertTrue(dialog.title().contains("USB device"), dialog.title());
        String texts = String.join("\n", dialog.texts());
        assertTrue(texts.contains("QEMU USB HARDDRIVE") && texts.contains(UsbOnStage.STICK_PORT), texts);
        assertTrue(texts.contains(Stage.PHRASE), texts);
        assertEquals(List.of(), inside().devices());
        dialog.lend();

        assertTrue(app.await("holding", PATIENCE).isPresent(), () -> describe(app));
        AppReport report = app.report();
        assertEquals(0, report.response(), report.everything());
        JsonNode seen = report.event("device");
        assertEquals("QEMU", seen.get("ID_VENDOR_FROM_DATABASE").asText(), report.everything());
        JsonNode opened = report.event("opened");
        assertEquals(
                STICK,
                opened.get("vendor").asText() + ":" + opened.get("product").asText());
        assertEquals(UsbOnStage.STICK_SERIAL, opened.get("serial").asText(), report.everything());

        inside().awaitDevices(STICK);
        assertEquals(sha256(usb().content(), (int) Files.size(usb().content())), inside().diskSha256());
        String described = agent().asApp("lsusb -v -d " + STICK + " 2>&1", PATIENCE)
                .orThrow()
                .output();
        assertTrue(described.contains("Mass Storage"), described);
        assertTrue(described.contains(UsbOnStage.STICK_SERIAL), described);

        assertEquals(0, stage().backend().command("revoke", lease()).status());
        assertLost(app);
        inside().awaitDevices();
        assertFalse(inside().hasDisk());
        assertEquals(0, usb().machine().attached());
        assertEquals(0, leases().size());
    }

    @Order(2)
    @Test
    void whatIsReceivedIsADeviceToTalkToAndIsGivenBackWhenTheApplicationEnds() throws Exception {
        GuestApp app = use("--device", STICK, "--talk", Integer.toString(BLOCKS));
        dialog().lend();
        AppReport report = app.awaitEnd(PATIENCE);
        JsonNode talked = report.event("talked");
        assertEquals("QEMU", talked.get("vendor").asText(), report.everything());
        assertEquals(
                sha256(usb().content(), BLOCKS * BLOCK_BYTES),
                talked.get("sha256").asText(),
                report.everything());
        awaitLeases(0);
        inside().awaitDevices();
    }

    @Order(3)
    @Test
    void releasingGivesItBackWhileTheApplicationGoesOn() throws Exception {
        GuestApp app = use("--device", STICK, "--release");
        dialog().lend();
        assertTrue(app.await("released", PATIENCE).isPresent(), () -> describe(app));
        awaitLeases(0);
        inside().awaitDevices();
        var _ = app.awaitEnd(PATIENCE);
    }

    @Order(4)
    @Test
    void denyingIsResponseOneAndNothingIsAttached() throws Exception {
        GuestApp app = use("--device", STICK);
        dialog().deny();
        AppReport report = app.awaitEnd(PATIENCE);
        assertEquals(1, report.response(), report.everything());
        assertEquals(List.of(), inside().devices());
        assertEquals(0, leases().size());
        assertEquals(0, usb().machine().attached());
    }

    @Order(5)
    @Test
    void aWithdrawnRequestTakesTheDialogAway() throws Exception {
        GuestApp app = use("--device", STICK, "--cancel-when", "/tmp/enough");
        var _ = dialog();
        stage().guest().sh("touch /tmp/enough").orThrow();
        var _ = app.awaitEnd(PATIENCE);
        ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
        stage().guest().sh("rm /tmp/enough").orThrow();
        assertEquals(0, leases().size());
    }

    @Order(6)
    @Test
    void aDeviceWithoutARuleDoesNotExist() throws Exception {
        usb().fixture("plug", "keyboard", "1-7");
        try {
            AppReport report = use("--list").awaitEnd(PATIENCE);
            assertEquals(
                    List.of(STICK),
                    report.all("device").stream()
                            .map(device -> device.get("ID_VENDOR_ID").asText() + ":"
                                    + device.get("ID_MODEL_ID").asText())
                            .toList(),
                    report.everything());
            AppReport guessed = use("--id", "0123456789abcdef").awaitEnd(PATIENCE);
            assertEquals(
                    "org.freedesktop.portal.Error.InvalidArgument",
                    guessed.event("refused").get("name").asText(),
                    guessed.everything());
        } finally {
            usb().fixture("unplug", "1-7");
        }
    }

    @Order(7)
    @Test
    void whoKnowsNoPortalsAsksByACommand() throws Exception {
        var asking = Background.start(
                "usb request",
                () -> agent().asApp(
                                "spectrum-agent usb request --class storage -- /opt/spectrum-portal/apps/ask-stick "
                                        + STICK,
                                PATIENCE));
        try (asking) {
            dialog().lend();
            CommandResult asked = asking.await();
            assertEquals(0, asked.status(), asked.output() + asked.errors());
            assertTrue(asked.output().contains("\"vendor\": \"QEMU\""), asked.output());
            assertTrue(asked.output().contains(UsbOnStage.STICK_SERIAL), asked.output());
        }
        awaitLeases(0);
        inside().awaitDevices();
    }

    @Order(8)
    @Test
    void anotherLibraryAcquiresWhatTheUserChoseOfSeveral() throws Exception {
        usb().fixture("plug", "serial", "1-1");
        try {
            GuestApp app = GuestApp.start(stage().guest(), agent(), "acquire-usb", "--stay", "5");
            ConsentDialog dialog = dialog().awaitArmed();
            stage().desktop().screenshot(SCREENSHOTS.resolve("usb several.png"));
            dialog.chooseDevice("1-1");
            dialog.lend();
            AppReport report = app.awaitEnd(PATIENCE);
            assertEquals(0, report.response(), report.everything());
            assertEquals(2, report.event("devices").get("ids").size(), report.everything());
            assertEquals(
                    List.of(UsbOnStage.SERIAL),
                    report.all("opened").stream()
                            .map(device -> device.get("numbers").asText())
                            .toList(),
                    report.everything());
            assertEquals(
                    "org.freedesktop.portal.Error.NotAllowed",
                    report.event("no-more").get("name").asText(),
                    report.everything());
        } finally {
            usb().fixture("unplug", "1-1");
        }
    }

    @Order(9)
    @Test
    void beneathAStockPortalWhatWasAttachedBeforeCanBeAcquired() throws Exception {
        agent().installFace(Face.BACKEND);
        try {
            // Of the host's devices it knows none; the hubs are the guest's own.
            AppReport before = use("--device", STICK).awaitEnd(PATIENCE);
            assertEquals(0, before.event("listed").get("devices").asInt(), before.everything());
            var attached = stage().backend().command("usb", "attach", Stage.INSTANCE, UsbOnStage.STICK_PORT);
            assertEquals(0, attached.status(), attached.out() + attached.err());
            GuestApp app = use("--device", STICK, "--wait", "30", "--hold", "300");
            assertTrue(app.await("holding", PATIENCE).isPresent(), () -> describe(app));
            assertEquals(0, stage().backend().command("revoke", lease()).status());
            assertLost(app);
        } finally {
            agent().installFace(Face.FRONTEND);
        }
    }
}
