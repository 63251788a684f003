// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.consent.contract.*;

@Tag("window")
class ConsentWindowTest {
    @TempDir
    static Path folder;

    static Desktop desktop;

    @BeforeAll
    static void start() throws Exception {
        desktop = Desktop.start(folder, List.of());
    }

    @AfterAll
    static void end() {
        desktop.close();
    }

    @Test
    void x() throws Exception {
        Path files = Files.createDirectory(folder.resolve("files"));
        files.toFile().mkdirs();Path u=files.resolve("Ünïcode & \"quotes\" 100%.txt"); Files.writeString(u, "a");
        try (var ui = new ConsentUi(desktop, files)) {
            ui.next(FromWindow.Ready.class);
            ClaimedText c = new ClaimedText("Attach", false);
            ui.say(new ToWindow.Show(
                    1,
                    new InstanceLabel("mail", "#3584e4"),
                    "blue",
                    new FileQuestion(
                            c,
                            c,
                            true,
                            false,
                            List.of(),
                            null,
                            List.of(new FileQuestion.ChoiceRow("z", c, List.of(), "")),
                            null)));
            ui.next(FromWindow.Mapped.class);
            ui.next(FromWindow.Armed.class);
            ConsentDialog d = ConsentDialog.await(desktop, Duration.ofSeconds(5));
System.out.println(desktop.accessibility().find(Accessible::isFocused));            d.choose(u);
            Thread.sleep(1000);
            System.out.println(d.tree());
            desktop.screenshot(Path.of("/tmp/ui-lab/s2.png"));
            d.lend();
            System.out.println(ui.next(FromWindow.class));
        }
    }
}
