// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.spectrum_os.portal.tests.desktop.ConsentDialog;
import org.spectrum_os.portal.tests.guest.CommandResult;
import org.spectrum_os.portal.tests.stage.GuestAgent.Face;

/**
 * What {@code bin/demo} shows: one file, asked for, lent, read, and taken back; one saved; one lent for a time, past the backend's
 * death; a commit, signed by a key that the guest does not have; and a USB stick, plugged in and out.
 */
public final class Demo {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int ANSWER_SECONDS = 300;
    private static final String NAME = "Ünïcode & \"quotes\" 100%.txt";
    private static final String TITLE = "Attach a file";

    private final Narrator narrator = new Narrator(System.out);
    private final boolean headless;

    private Demo(boolean headless) {
        this.headless = headless;
    }

    /** The one argument it knows is {@code --headless}. */
    public static void main(String[] arguments) throws InterruptedException {
        boolean headless = List.of(arguments).contains("--headless");
        System.exit(Curtain.run("bin/demo", () -> new Demo(headless).run()));
    }

    private int run() throws IOException, InterruptedException {
        try (Stage stage = new Stage()) {
            try (UsbAct usb = new UsbAct(stage, narrator)) {
                return play(stage, usb);
            } finally {
                // Told to stop: what was started still wants its time to end.
                var _ = Thread.interrupted();
            }
        } finally {
            narrator.step("The guest is off, everything that was started has ended, the session's folder is deleted.");
        }
    }

    private int play(Stage stage, UsbAct usb) throws IOException, InterruptedException {
        boolean person = findDisplay(stage);
        writeDocuments(stage);
        narrator.step("Booting a guest, and starting the backend in a session of its own: " + stage.folder());
        try (var booting = Background.start(
                "the guest", () -> stage.startGuest(narrator::step, AgentDisk.Content.AGENT, UsbInGuest.CONTROLLER))) {
            stage.startBackend(stage.policy("ask", ANSWER_SECONDS));
            narrator.step(
                    "The backend and its window are ready (user " + stage.user().name() + ").");
            var guest = booting.await();
            narrator.step("The guest runs: Linux " + guest.sh("uname -r").text() + ", a virtual machine of its own.");
        }
        var agent = new GuestAgent(stage.guest());
        agent.mount().orThrow();
        stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
        agent.installFace(Face.FRONTEND);
        narrator.step("The agent is installed; /run/portal is mounted over vsock, and empty.");
        var app = GuestApp.start(
                stage.guest(), agent, "open-file", "--title", "\"" + TITLE + "\"", "--read-first", "--hold", "600");
        narrator.step("An application in the guest (libportal) asks its portal for a file.");
        if (person) {
            narrator.more("Choose a file in the window that appears now, and press \"Lend to mail\", or deny.");
            narrator.more("Only the real window knows your phrase: " + Stage.PHRASE);
            narrator.more("You have " + ANSWER_SECONDS / 60 + " minutes.");
        } else {
            answer(stage, "");
        }
        JsonNode answered = answered(app);
        if (answered.get("response").asInt() != 0) {
            return refused(answered);
        }
        boolean equal = showWhatWasRead(stage, app);
        showLease(stage);
        boolean takenBack = revoke(stage, app);
        return equal
                        && takenBack
                        && save(stage, agent, person)
                        && restart(stage, agent, person)
                        && sign(stage, person)
                        && plugIn(stage, usb, agent, person)
                ? 0
                : 1;
    }

    private static JsonNode answered(GuestApp app) throws IOException, InterruptedException {
        var answered = app.await("answered", Duration.ofSeconds(ANSWER_SECONDS + 60L));
        if (answered.isEmpty()) {
            throw new IOException(
                    "the application ended without an answer: " + app.report().everything());
        }
        return answered.get();
    }

    /** What an application saves; says whether all of it was as it should be. */
    private boolean save(Stage stage, GuestAgent agent, boolean person) throws IOException, InterruptedException {
        var act = new SaveAct(stage, agent, narrator);
        GuestApp app = act.ask();
        if (person) {
            narrator.more("Say where, and press \"Save\", or deny.");
        } else {
            ConsentDialog dialog =
                    ConsentDialog.await(stage.desktop(), PATIENCE).awaitArmed();
            dialog.awaitText("will be able to save " + SaveAct.NAME);
            Path picture = picture(stage, "save.png");
            dialog.save();
            narrator.step("The name was taken as it stood: " + SaveAct.NAME);
            narrator.more("Screenshot: " + picture);
        }
        JsonNode answered = answered(app);
        return answered.get("response").asInt() == 0 ? act.goOn(app) : refused(answered) == 0;
    }

    private static Path picture(Stage stage, String name) throws IOException {
        Path picture = Installation.checkout().resolve("build/demo").resolve(name);
        stage.desktop().screenshot(picture);
        return picture;
    }

    /** What a lease for a time goes through; says whether all of it was as it should be. */
    private boolean restart(Stage stage, GuestAgent agent, boolean person) throws IOException, InterruptedException {
        var act = new RestartAct(stage, agent, narrator, ANSWER_SECONDS);
        GuestApp app = act.ask(TITLE);
        if (person) {
            narrator.more("Choose a file once more. The window says for how long it will be lent.");
        } else {
            answer(stage, "-for-a-time");
        }
        JsonNode answered = answered(app);
        if (answered.get("response").asInt() != 0) {
            return refused(answered) == 0;
        }
        return showWhatWasRead(stage, app) && act.goOn(app.report().event("read"));
    }

    /** What git has signed; says whether all of it was as it should be. */
    private boolean sign(Stage stage, boolean person) throws IOException, InterruptedException {
        var act = new SignAct(stage, narrator);
        CompletableFuture<CommandResult> committing = act.ask();
        if (person) {
            narrator.more("Read what is signed, and press \"Sign\", or deny.");
        } else {
            ConsentDialog dialog =
                    ConsentDialog.await(stage.desktop(), PATIENCE).awaitArmed();
            dialog.awaitText(SignAct.SUBJECT);
            Path picture = picture(stage, "sign.png");
            dialog.sign();
            narrator.step("The dialog showed the commit, and it was agreed to.");
            narrator.more("Screenshot: " + picture);
        }
        try {
            return act.goOn(committing.get(ANSWER_SECONDS + 60L, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("git in the guest does not end as it should: " + e.getMessage(), e);
        }
    }

    /** What a USB stick is lent for; says whether all of it was as it should be. */
    private boolean plugIn(Stage stage, UsbAct act, GuestAgent agent, boolean person)
            throws IOException, InterruptedException {
        GuestApp app = act.ask(agent);
        if (person) {
            narrator.more("Press \"Lend to mail\", or deny.");
        } else {
            ConsentDialog dialog =
                    ConsentDialog.await(stage.desktop(), PATIENCE).awaitArmed();
            narrator.step("The dialog shows the stick. Screenshot: " + picture(stage, "usb.png"));
            dialog.lend();
        }
        JsonNode answered = answered(app);
        return answered.get("response").asInt() == 0 ? act.goOn(app) : refused(answered) == 0;
    }

    private boolean findDisplay(Stage stage) throws IOException, InterruptedException {
        if (!headless && UserDisplay.isNamed()) {
            Optional<UserDisplay> display = UserDisplay.find(stage.user(), stage.session());
            if (display.isPresent()) {
                stage.useDisplay(display.get().variables());
                narrator.step("The dialog will appear on your display ("
                        + display.get().name() + ").");
                return true;
            }
            narrator.step(
                    "User " + stage.user().name() + " cannot use the display that DISPLAY or WAYLAND_DISPLAY names.");
        }
        narrator.step("No display: a virtual screen (Xvfb) shows the dialog, and accessibility (AT-SPI) answers it.");
        return false;
    }

    private static void writeDocuments(Stage stage) throws IOException {
        Path documents = stage.documents();
        Files.writeString(documents.resolve("Shopping list.txt"), "Bread, tea, batteries.\n");
        Files.writeString(documents.resolve("Letter.txt"), "Dear Ada,\n\nthe engine runs.\n".repeat(200));
        Files.writeString(documents.resolve(NAME), "Lent, not given. Ünïcode & \"quotes\" 100%.\n".repeat(100_000));
        stage.own(documents);
    }

    private void answer(Stage stage, String picture) throws IOException {
        ConsentDialog dialog = ConsentDialog.await(stage.desktop(), PATIENCE).awaitArmed();
        narrator.step("The dialog is open and armed: " + dialog.title());
        Path asked = picture(stage, "asked" + picture + ".png");
        dialog.chooseInList(NAME);
        var _ = picture(stage, "chosen" + picture + ".png");
        dialog.lend();
        narrator.step("Chosen with the keyboard and lent: " + NAME);
        narrator.more("Screenshots: " + asked + " and chosen" + picture + ".png");
    }

    private int refused(JsonNode answered) {
        narrator.step("The application was told no (portal response "
                + answered.get("response").asInt() + "). Nothing was lent.");
        return 0;
    }

    private boolean showWhatWasRead(Stage stage, GuestApp app) throws IOException, InterruptedException {
        JsonNode read = app.await("read", PATIENCE)
                .orElseThrow(
                        () -> new IOException("the application could not read what was lent; see the lines above"));
        Path original =
                Path.of(stage.backend().json("leases").get(0).get("resource").asText());
        String here = sha256(original);
        String there = read.get("sha256").asText();
        boolean equal =
                here.equals(there) && Files.size(original) == read.get("size").asLong();
        narrator.step("The guest has read it:");
        narrator.more("path     " + read.get("path").asText());
        narrator.more("size     " + read.get("size").asLong() + " bytes");
        narrator.more("SHA-256  " + there);
        narrator.more(
                equal
                        ? "         the same as on the host"
                        : "         NOT the same as on the host: " + here + ", " + Files.size(original) + " bytes");
        return equal;
    }

    private void showLease(Stage stage) throws IOException, InterruptedException {
        var leases = stage.backend().command("leases");
        if (leases.status() != 0) {
            throw new IOException("\"spectrum-portal leases\" failed: " + leases.err());
        }
        narrator.step("The lease, as \"spectrum-portal leases\" shows it:");
        leases.out().lines().forEach(narrator::more);
    }

    private boolean revoke(Stage stage, GuestApp app) throws IOException, InterruptedException {
        if (app.await("holding", PATIENCE).isEmpty()) {
            throw new IOException("the application does not hold the file open: "
                    + app.report().everything());
        }
        String lease = stage.backend().json("leases").get(0).get("lease").asText();
        var printed = stage.backend().command("revoke", lease);
        if (printed.status() != 0) {
            throw new IOException("\"spectrum-portal revoke " + lease + "\" failed: " + printed.err());
        }
        narrator.step("\"spectrum-portal revoke " + lease + "\" while the application holds the file open:");
        AppReport report = app.awaitEnd(PATIENCE);
        String files = stage.guest().sh("ls -A /run/portal").text();
        narrator.more("its next read        " + name(report, "read-failed"));
        narrator.more("opening it again     " + name(report, "open-failed"));
        narrator.more("ls /run/portal       " + (files.isEmpty() ? "(nothing)" : files));
        return report.first("read-failed").isPresent()
                && report.first("open-failed").isPresent()
                && files.isEmpty();
    }

    private static String name(AppReport report, String event) {
        return report.first(event).map(found -> found.get("name").asText()).orElse("SUCCEEDED, which is wrong");
    }

    private static String sha256(Path file) throws IOException {
        try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            byte[] block = new byte[1 << 16];
            while (in.read(block) >= 0) {
                // The stream counts what passes.
            }
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("this JDK has no SHA-256", e);
        }
    }
}
