// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;
import org.spectrum_os.portal.tests.desktop.ConsentDialog;
import org.spectrum_os.portal.tests.desktop.Patience;
import org.spectrum_os.portal.tests.stage.GuestAgent.Face;

/**
 * A real guest with a USB controller, whose devices are those of a made-up computer, lent by the real backend and its real window, answered by
 * accessibility. What is attached is, in the guest, an emulated device with a node of its own.
 */
@Tag("guest")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class UsbGuestOnStage {
    static final Duration PATIENCE = Duration.ofSeconds(90);
    static final Path SCREENSHOTS = Path.of("target", "screenshots");
    static final String STICK = UsbOnStage.STICK;

    private static @Nullable Stage shared;
    private static @Nullable UsbOnStage sharedUsb;
    private static @Nullable UsbInGuest sharedInside;
    private static @Nullable GuestAgent sharedAgent;

    @BeforeAll
    static void raiseTheCurtain() throws Exception {
        var stage = new Stage();
        shared = stage;
        try (var booting = Background.start(
                "the guest",
                () -> stage.startGuest(
                        line -> System.err.println("guest: " + line),
                        AgentDisk.Content.AGENT,
                        UsbInGuest.CONTROLLER))) {
            sharedUsb = new UsbOnStage(stage);
            usb().plugStick();
            var _ = stage.desktop();
            sharedInside = new UsbInGuest(booting.await());
        }
        inside().install();
        usb().startMachine();
        startBackend();
        sharedAgent = new GuestAgent(stage.guest());
        agent().installFace(Face.FRONTEND);
    }

    @AfterAll
    static void drop() throws Exception {
        try (var _ = shared;
                var _ = sharedUsb) {
            shared = null;
            sharedUsb = null;
        }
    }

    /** What a failed test left behind must not be the next one's trouble. */
    @AfterEach
    void nothingIsLeft(TestInfo test) throws Exception {
        if (ConsentDialog.find(stage().desktop()).isPresent()) {
            stage().desktop()
                    .screenshot(SCREENSHOTS.resolve(
                            "left by " + test.getDisplayName().replaceAll("[^A-Za-z0-9]+", " ") + ".png"));
            dialog().deny();
            ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
        }
        if (stage().guest().qemu().isAlive()) {
            stage().guest().sh("pkill -u app -f /apps/; true", PATIENCE).orThrow();
            assertEquals(0, stage().backend().command("revoke", "--all").status());
            awaitLeases(0);
            inside().awaitDevices();
            inside().awaitUdev();
        }
    }

    /** Starts the backend, with the real window, which may lend the stick and the serial adapters. */
    static void startBackend() throws Exception {
        startBackend(UsbOnStage.rule(STICK, "ask"), UsbOnStage.rule(UsbOnStage.SERIAL, "ask"));
    }

    static void startBackend(String... rules) throws Exception {
        stage().startBackend(usb().policy(rules));
    }

    /** Puts other rules in force. */
    static void permit(String... rules) throws Exception {
        var _ = usb().policy(rules);
        var reloaded = stage().backend().command("policy", "reload");
        assertEquals(0, reloaded.status(), reloaded.out() + reloaded.err());
    }

    static Stage stage() {
        Stage stage = shared;
        assertNotNull(stage);
        return stage;
    }

    static UsbOnStage usb() {
        UsbOnStage usb = sharedUsb;
        assertNotNull(usb);
        return usb;
    }

    static UsbInGuest inside() {
        UsbInGuest inside = sharedInside;
        assertNotNull(inside);
        return inside;
    }

    static GuestAgent agent() {
        GuestAgent agent = sharedAgent;
        assertNotNull(agent);
        return agent;
    }

    static GuestApp use(String... arguments) throws Exception {
        return GuestApp.start(stage().guest(), agent(), "use-usb", arguments);
    }

    static ConsentDialog dialog() throws IOException {
        return ConsentDialog.await(stage().desktop(), PATIENCE);
    }

    /** Starts the application, lends it the stick, and waits until it holds it. */
    static GuestApp holding(String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("--device", STICK, "--hold", "300"));
        arguments.addAll(Arrays.asList(more));
        GuestApp app = use(arguments.toArray(String[]::new));
        dialog().lend();
        assertTrue(app.await("holding", PATIENCE).isPresent(), () -> describe(app));
        return app;
    }

    static String describe(GuestApp app) {
        try {
            return app.report().everything() + "\nthe backend says:\n"
                    + stage().backend().log() + "\nthe monitor: "
                    + usb().machine().state();
        } catch (IOException | InterruptedException e) {
            return e.toString();
        }
    }

    static JsonNode leases() throws Exception {
        return stage().backend().json("leases");
    }

    static String lease() throws Exception {
        JsonNode leases = leases();
        assertEquals(1, leases.size(), leases::toString);
        return leases.get(0).get("lease").asText();
    }

    static void awaitLeases(int count) throws Exception {
        Patience.await(count + " leases", PATIENCE, () -> {
            try {
                return leases().size() == count ? Optional.of(true) : Optional.empty();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Insists that the application has lost its device in every way. */
    static void assertLost(GuestApp app) throws Exception {
        AppReport report = app.awaitEnd(PATIENCE);
        JsonNode lost = report.event("lost");
        assertEquals("LIBUSB_ERROR_NO_DEVICE", lost.get("error").asText(), report.everything());
        assertEquals("No such device", lost.get("descriptor").asText(), report.everything());
    }

    static String sha256(Path file, int bytes) throws Exception {
        byte[] content = Files.readAllBytes(file);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(content, bytes)));
    }
}
