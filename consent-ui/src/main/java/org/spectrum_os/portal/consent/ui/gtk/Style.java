// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import org.gnome.gdk.Display;
import org.gnome.gtk.CssProvider;
import org.gnome.gtk.Gtk;
import org.gnome.gtk.StyleContext;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.ui.Contrast;

/** The look: one fixed sheet, and one for the colour of the instance that asks. */
@SuppressWarnings("deprecation") // what replaces these calls needs GTK 4.10 and 4.12
final class Style {
    private static final String SHEET = """
            window.consent, window.consent.solid-csd { border-radius: 0; padding: 0; border: none; }
            window.consent.solid-csd { box-shadow: none; }
            window.consent .titlebar { padding: 0; margin: 0; border: none; box-shadow: none; background: none; min-height: 0; }
            window.consent .banner { padding: 14px 12px 14px 22px; border-radius: 0; }
            window.consent .instance { font-size: 30px; font-weight: 800; }
            window.consent .asks { font-size: 15px; }
            window.consent .caption { font-size: 11px; opacity: 0.85; }
            window.consent .phrase { font-size: 17px; font-weight: 700; }
            window.consent .sentence { font-size: 16px; }
            window.consent .claims { padding: 2px 0 2px 12px; border-left: 3px solid @borders; }
            window.consent .claim { font-size: 12px; }
            window.consent .problem { font-size: 13px; font-weight: 600; padding: 8px 12px; border-radius: 6px;
                background-color: alpha(@error_color, 0.14); color: @theme_fg_color; }
            window.consent .warning { font-size: 13px; font-weight: 600; padding: 8px 12px; border-radius: 6px;
                background-color: alpha(@warning_color, 0.22); color: @theme_fg_color; }
            window.consent .replace { font-size: 22px; }
            window.consent .names { background: none; padding: 2px 0 0 0; }
            window.consent .caption-of-row { font-size: 13px; font-weight: 600; }
            window.consent .files .search-bar { padding: 8px 10px; }
            window.consent .files { border: 1px solid @borders; border-radius: 8px; }
            window.consent .fact, window.consent .meaning { font-size: 13px; }
            window.consent .meaning { padding-left: 26px; }
            window.consent .code, window.consent .content textview { font-family: monospace; font-size: 13px; }
            window.consent .content { border: 1px solid @borders; border-radius: 6px; }
            window.consent .sentence.of-devices { min-height: 40px; }
            window.consent .devices { border: 1px solid @borders; border-radius: 8px; background-color: @theme_base_color; }
            window.consent .device { padding: 11px 14px; border-spacing: 14px; border-bottom: 1px solid alpha(@borders, 0.6); }
            window.consent .device:last-child { border-bottom-width: 0; }
            window.consent checkbutton.device > check, window.consent checkbutton.device > radio { margin: 0; }
            window.consent checkbutton.device:hover { background-color: alpha(@theme_fg_color, 0.05); }
            window.consent checkbutton.device:checked { background-color: alpha(@theme_selected_bg_color, 0.14); }
            window.consent .device label:disabled, window.consent .device image:disabled { color: @theme_fg_color; }
            window.consent .device image:disabled { -gtk-icon-filter: none; opacity: 1; }
            window.consent .device-name { font-size: 15px; font-weight: 700; }
            window.consent .device-claim { font-size: 12px; font-style: italic; opacity: 0.8; }
            window.consent .device-state { font-size: 12px; font-weight: 600; }
            window.consent .device-port { font-size: 12px; }
            window.consent .device-twin { font-size: 13px; font-weight: 700; }
            window.consent .device-numbers { font-family: monospace; font-size: 12px; opacity: 0.7; }
            window.consent .impossible .device-name, window.consent .impossible .fact, window.consent .impossible .kind,
            window.consent .impossible .device-port, window.consent .impossible .device-claim { opacity: 0.65; }
            window.consent .status { font-size: 13px; }
            window.consent .actions button { padding: 7px 18px; font-size: 14px; }
            window.consent .actions button.block { padding: 5px 10px; font-size: 12px; font-weight: 400; }
            window.consent progressbar.arming > trough, window.consent progressbar.arming > trough > progress {
                min-height: 3px; min-width: 0; margin: 0; border-radius: 0; border: none; }
            """;

    private final CssProvider colours = new CssProvider();

    /** Puts the fixed sheet in force for every window of this process. */
    Style() {
        var sheet = new CssProvider();
        load(sheet, SHEET);
        Display display = Display.getDefault();
        if (display == null) {
            throw new IllegalStateException("there is no display to draw on");
        }
        StyleContext.addProviderForDisplay(display, sheet, Gtk.STYLE_PROVIDER_PRIORITY_APPLICATION);
        StyleContext.addProviderForDisplay(display, colours, Gtk.STYLE_PROVIDER_PRIORITY_APPLICATION);
    }

    /** Colours the banner, the frame and the mark beside the claims. The colour was checked to be six hexadecimal digits. */
    void paint(InstanceLabel instance) {
        String colour = instance.colour();
        load(colours, """
                window.consent .banner { background: %1$s; color: %2$s; }
                window.consent .banner label, window.consent .banner windowcontrols button { color: %2$s; }
                window.consent .frame-of-instance { border: 6px solid %1$s; border-top-width: 0; }
                window.consent .claims { border-left-color: %1$s; }
                window.consent progressbar.arming > trough > progress { background: %1$s; }
                """.formatted(colour, Contrast.textOn(colour)));
    }

    private static void load(CssProvider provider, String css) {
        provider.loadFromData(css, -1);
    }
}
