// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.consent.contract.FromWindow.Armed;
import org.spectrum_os.portal.consent.contract.FromWindow.Mapped;
import org.spectrum_os.portal.consent.contract.FromWindow.Ready;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.Question;
import org.spectrum_os.portal.consent.contract.ToWindow.Show;

/** One real window for each test on a desktop for all of them, and this test in the backend's place. */
@Tag("window")
abstract class AskedWindow {
    static final InstanceLabel MAIL = new InstanceLabel("mail", "#1a5fb4");
    static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Within the second of the delay and a few more, on a slow machine. */
    static final Duration SOON = Duration.ofSeconds(6);

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    static final int WINDOW_HEIGHT = 660;

    @TempDir
    private static Path folder;

    private static @Nullable Desktop shared;
    private final String pictures;
    private @Nullable ConsentUi process;

    /**
     * @param pictures the first word of the names of its screenshots
     */
    AskedWindow(String pictures) {
        this.pictures = pictures;
    }

    @BeforeAll
    static void startDesktop() throws Exception {
        shared = Desktop.start(folder, List.of());
    }

    @AfterAll
    static void endDesktop() {
        desktop().close();
    }

    @BeforeEach
    void startWindow() throws Exception {
        process = new ConsentUi(desktop(), folder);
        ui().next(Ready.class);
    }

    @AfterEach
    void endWindow() throws Exception {
        ui().close();
        ConsentDialog.awaitNone(desktop(), PATIENCE);
    }

    static Desktop desktop() {
        Desktop desktop = shared;
        assertNotNull(desktop);
        return desktop;
    }

    final ConsentUi ui() {
        ConsentUi ui = process;
        assertNotNull(ui);
        return ui;
    }

    final ConsentDialog open(long id, Question question) throws Exception {
        ui().say(new Show(id, MAIL, "blue heron", question));
        assertEquals(id, ui().next(Mapped.class).id());
        return ConsentDialog.await(desktop(), PATIENCE);
    }

    /** Opens it, waits until it is armed, and takes a picture. */
    final ConsentDialog ask(Question question, String picture) throws Exception {
        ConsentDialog dialog = open(1, question);
        ui().next(Armed.class);
        dialog.awaitArmed();
        picture(picture);
        for (String button : List.of("Block mail", "Deny")) {
            assertTrue(dialog.button(button).bottom() <= WINDOW_HEIGHT, button + " is not in the window");
        }
        return dialog;
    }

    final void picture(String name) throws Exception {
        desktop().screenshot(SCREENSHOTS.resolve(pictures + " " + name + ".png"));
    }
}
