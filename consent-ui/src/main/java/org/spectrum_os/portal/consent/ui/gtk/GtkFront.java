// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.gnome.glib.GLib;
import org.gnome.glib.MainLoop;
import org.gnome.gtk.Gtk;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ContractReader;
import org.spectrum_os.portal.consent.contract.ContractWriter;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.consent.ui.Arming;
import org.spectrum_os.portal.consent.ui.Dialogs;
import org.spectrum_os.portal.consent.ui.Risks;

/** Joins the backend's lines, the rules and the window. Everything but the reading happens on the thread that calls {@link #run}. */
public final class GtkFront implements Dialogs.Window {
    private static final System.Logger LOG = System.getLogger(GtkFront.class.getName());
    /** How often the arming and the selection are looked at, while a dialog is open. */
    private static final int BEAT_MILLISECONDS = 50;

    private final Risks risks;
    private final Dialogs dialogs;
    private final Style style;
    private @Nullable ConsentWindow spare;
    private @Nullable ConsentWindow shown;

    private GtkFront(Risks risks, Dialogs dialogs) {
        this.risks = risks;
        this.dialogs = dialogs;
        this.style = new Style();
    }

    /**
     * Starts GTK, says that it is ready, and serves dialogs until the backend's stream ends, whereupon the process exits.
     *
     * @throws IOException if the backend cannot be told that the window is ready
     */
    public static void run(
            Path startFolder, Risks risks, Arming arming, ContractReader<ToWindow> backend, ContractWriter toBackend)
            throws IOException {
        // The window is one still picture: a GL renderer costs seconds of start-up and 100 MB, and depends on a driver.
        GLib.setenv("GSK_RENDERER", "cairo", false);
        GLib.setPrgname("org.spectrum_os.portal.ConsentWindow");
        GLib.setApplicationName("Spectrum Portal");
        if (!Gtk.initCheck()) {
            throw new IllegalStateException(
                    "there is no display to draw on; set WAYLAND_DISPLAY or DISPLAY to the user's");
        }
        if (Gtk.getMajorVersion() != 4 || Gtk.getMinorVersion() < 8) {
            throw new IllegalStateException("GTK 4.8 or newer is needed, but this is GTK " + Gtk.getMajorVersion() + "."
                    + Gtk.getMinorVersion() + "; install a newer libgtk-4-1");
        }
        var dialogs = new Dialogs(arming, startFolder, message -> {
            try {
                toBackend.send(message);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "the backend cannot be told of " + message.getClass().getSimpleName(), e);
            }
        });
        var front = new GtkFront(risks, dialogs);
        dialogs.drawnBy(front);
        var rehearsal = new ConsentWindow(dialogs, front.style, risks);
        rehearsal.rehearse();
        rehearsal.destroy();
        front.prepare();
        GtkLoop.every(BEAT_MILLISECONDS, front::beat);
        Thread.ofPlatform().daemon().name("backend").start(() -> front.read(backend));
        toBackend.send(new FromWindow.Ready(FromWindow.VERSION));
        new MainLoop(null, false).run();
    }

    private void read(ContractReader<ToWindow> backend) {
        Fatal.guard(() -> {
            try {
                for (Optional<ToWindow> next = backend.read(); next.isPresent(); next = backend.read()) {
                    ToWindow message = next.get();
                    GtkLoop.post(() -> dialogs.said(message));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the backend's messages cannot be read", e);
            }
            LOG.log(System.Logger.Level.INFO, "the backend is gone; the consent window ends");
            System.exit(0);
        });
    }

    private void prepare() {
        if (spare == null) {
            spare = new ConsentWindow(dialogs, style, risks);
            spare.warm();
        }
    }

    private void beat() {
        if (shown != null) {
            shown.look();
            dialogs.tick();
        }
    }

    @Override
    public void open(ToWindow.Show show) {
        prepare();
        ConsentWindow next = spare;
        if (next == null) {
            throw new IllegalStateException("no window was prepared");
        }
        spare = null;
        shown = next;
        next.open(show);
    }

    @Override
    public void vanish() {
        ConsentWindow gone = shown;
        shown = null;
        if (gone != null) {
            gone.destroy();
            GtkLoop.post(this::prepare);
        }
    }

    @Override
    public void askToReplace(PickedFile file) {
        if (shown != null) {
            shown.askToReplace(file);
        }
    }

    @Override
    public void askAgain() {
        if (shown != null) {
            shown.askAgain();
        }
    }

    @Override
    public void explain(String why) {
        if (shown != null) {
            shown.explain(why);
        }
    }

    @Override
    public void arming(Arming.State state) {
        if (shown != null) {
            shown.arming(state);
        }
    }
}
