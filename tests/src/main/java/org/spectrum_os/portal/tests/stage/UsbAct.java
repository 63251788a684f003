// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/** The demonstration's part about USB: a stick that the guest has for a while. Nothing that is plugged into this computer is touched. */
final class UsbAct implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Stage stage;
    private final UsbOnStage usb;
    private final Narrator narrator;

    /** To make before the backend is started. */
    UsbAct(Stage stage, Narrator narrator) throws IOException, InterruptedException {
        this.stage = stage;
        this.narrator = narrator;
        usb = new UsbOnStage(stage);
        usb.plugStick();
    }

    /** Has an application ask for the stick; it is to be answered now. */
    GuestApp ask(GuestAgent agent) throws IOException, InterruptedException {
        var inside = new UsbInGuest(stage.guest());
        inside.install();
        usb.startMachine();
        usb.policy(UsbOnStage.rule(UsbOnStage.STICK, "ask"));
        var reloaded = stage.backend().command("policy", "reload");
        if (reloaded.status() != 0) {
            throw new IOException("\"spectrum-portal policy reload\" failed: " + reloaded.out() + reloaded.err());
        }
        narrator.step(
                "Now the policy lets the guest ask for a USB stick. The stick is made up, as \"spectrum-portal usb list\" shows it:");
        stage.backend().command("usb", "list").out().lines().forEach(narrator::more);
        narrator.step("An application in the guest asks its portal for USB devices, and then for this one.");
        return GuestApp.start(stage.guest(), agent, "use-usb", "--device", UsbOnStage.STICK, "--hold", "600");
    }

    /** Goes on once the application has the stick; says whether everything was as it should be. */
    boolean goOn(GuestApp app) throws IOException, InterruptedException {
        if (app.await("holding", PATIENCE).isEmpty()) {
            throw new IOException(
                    "the application did not get the stick: " + app.report().everything());
        }
        var inside = new UsbInGuest(stage.guest());
        String there = inside.diskSha256();
        String here = sha256();
        narrator.step("The guest has it. In the guest, lsusb and the disk:");
        stage.guest()
                .sh("lsusb -d " + UsbOnStage.STICK, PATIENCE)
                .output()
                .lines()
                .forEach(narrator::more);
        narrator.more("SHA-256  " + there);
        narrator.more(
                here.equals(there)
                        ? "         the same as on the host"
                        : "         NOT the same as on the host: " + here);
        stage.backend().command("leases").out().lines().forEach(narrator::more);
        String lease = stage.backend().json("leases").get(0).get("lease").asText();
        var printed = stage.backend().command("revoke", lease);
        if (printed.status() != 0) {
            throw new IOException("\"spectrum-portal revoke " + lease + "\" failed: " + printed.err());
        }
        AppReport report = app.awaitEnd(PATIENCE);
        inside.awaitDevices();
        narrator.step("\"spectrum-portal revoke " + lease + "\" while the application talks to it:");
        String error = report.first("lost")
                .map(lost -> lost.get("error").asText() + ", its descriptor: "
                        + lost.get("descriptor").asText())
                .orElse("NOTHING, which is wrong");
        narrator.more("the application sees  " + error);
        narrator.more("lsusb                 (nothing)");
        return here.equals(there) && report.first("lost").isPresent();
    }

    private String sha256() throws IOException {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(usb.content())));
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("this JDK has no SHA-256", e);
        }
    }

    /** Ends the monitor that stood in for crosvm. */
    @Override
    public void close() throws IOException {
        usb.close();
    }
}
