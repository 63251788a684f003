// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.gnome.glib.GLib;
import org.gnome.gtk.Align;
import org.gnome.gtk.Box;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Widget;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.ui.Wording;

/** What takes the chooser's place before a file is replaced: which file it is, and what will be lost. */
final class ReplacePage {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm", Locale.ENGLISH);

    private final Box box = new Box(Orientation.VERTICAL, 14);
    private final Label question = ConsentWindow.wrapped("replace", 2);
    private final Label meaning = ConsentWindow.wrapped("sentence", 4);

    ReplacePage() {
        box.setValign(Align.CENTER);
        box.setVexpand(true);
        box.setMarginStart(24);
        box.setMarginEnd(24);
        box.append(question);
        box.append(meaning);
        box.setVisible(false);
    }

    Widget widget() {
        return box;
    }

    void show(InstanceLabel asker, PickedFile file, String folder) {
        question.setMarkup(Wording.replaceQuestion(file.name()).markup());
        meaning.setMarkup(meaning(asker, file, folder));
        box.setVisible(true);
    }

    private static String meaning(InstanceLabel asker, PickedFile file, String folder) {
        Path path = Path.of(file.path());
        String changed = "an unknown day";
        String size = "of unknown size";
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            changed = TIME.format(now.lastModifiedTime().toInstant().atZone(ZoneId.systemDefault()));
            size = String.valueOf(GLib.formatSize(now.size()));
        } catch (IOException e) {
            // It has just been there. What is there now is looked at when it is replaced.
            System.getLogger(ReplacePage.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "what is to be replaced cannot be looked at: {0}",
                            e.getMessage());
        }
        return Wording.replaceMeaning(asker, folder, changed, size).markup();
    }

    void hide() {
        box.setVisible(false);
    }
}
