// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import org.gnome.gdk.Display;
import org.gnome.gtk.Align;
import org.gnome.gtk.Box;
import org.gnome.gtk.IconTheme;
import org.gnome.gtk.Image;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Widget;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.ui.DeviceWording;

/** What is known of one device: what this computer knows above, what the device claims below it, and where it is at the side. */
final class DeviceRow {
    private static final int ICON = 32;
    private static final int NAME_LINES = 2;
    private static final int KIND_LINES = 5;
    private static final int CLAIM_LINES = 3;
    private static final int STATE_LINES = 2;

    private DeviceRow() {}

    /** {@code twin} says that it can be told from another only by its port. */
    static Widget of(Candidate device, boolean twin) {
        var row = new Box(Orientation.HORIZONTAL, 14);
        row.setHexpand(true);
        row.append(icon(device.kinds().getFirst()));
        row.append(words(device));
        row.append(place(device, twin));
        return row;
    }

    private static Image icon(Kind kind) {
        var icon = new Image();
        icon.setPixelSize(ICON);
        icon.setValign(Align.START);
        icon.addCssClass("kind");
        Display display = Display.getDefault();
        // A theme without it leaves the place empty; the picture of something missing would say something else.
        if (display != null && IconTheme.getForDisplay(display).hasIcon(iconName(kind))) {
            icon.setFromIconName(iconName(kind));
        }
        return icon;
    }

    private static String iconName(Kind kind) {
        return switch (kind) {
            case STORAGE -> "media-removable-symbolic";
            case KEYBOARD -> "input-keyboard-symbolic";
            case POINTER -> "input-mouse-symbolic";
            case GAME_CONTROLLER -> "input-gaming-symbolic";
            case CAMERA -> "camera-web-symbolic";
            case SOUND -> "audio-headset-symbolic";
            case SECURITY_KEY -> "dialog-password-symbolic";
            case SMART_CARD -> "auth-smartcard-symbolic";
            case SERIAL -> "utilities-terminal-symbolic";
            case NETWORK -> "network-wired-symbolic";
            case BLUETOOTH -> "bluetooth-symbolic";
            case PRINTER -> "printer-symbolic";
            case SCANNER_OR_PHONE -> "phone-symbolic";
            case FIRMWARE -> "application-x-firmware-symbolic";
            case SPECIAL -> "application-x-addon-symbolic";
            case OTHER_INPUT, OTHER -> "drive-harddisk-usb-symbolic";
        };
    }

    private static Widget words(Candidate device) {
        var words = new Box(Orientation.VERTICAL, 2);
        words.setHexpand(true);
        words.append(text("device-name", NAME_LINES, DeviceWording.name(device)));
        words.append(text("fact", KIND_LINES, DeviceWording.kinds(device)));
        words.append(text("device-claim", CLAIM_LINES, DeviceWording.claim(device)));
        DeviceWording.state(device).ifPresent(state -> words.append(text("device-state", STATE_LINES, state)));
        return words;
    }

    private static Label text(String cssClass, int lines, String said) {
        Label label = ConsentWindow.wrapped(cssClass, lines);
        label.setText(said);
        return label;
    }

    private static Widget place(Candidate device, boolean twin) {
        var place = new Box(Orientation.VERTICAL, 2);
        place.setValign(Align.START);
        var port = new Label(DeviceWording.port(device));
        port.setXalign(1);
        port.addCssClass(twin ? "device-twin" : "device-port");
        var numbers = new Label(device.numbers());
        numbers.setXalign(1);
        numbers.addCssClass("device-numbers");
        place.append(port);
        place.append(numbers);
        return place;
    }
}
