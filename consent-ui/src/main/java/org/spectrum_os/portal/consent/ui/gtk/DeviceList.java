// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gnome.gtk.Box;
import org.gnome.gtk.CheckButton;
import org.gnome.gtk.EventControllerKey;
import org.gnome.gtk.Image;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Overflow;
import org.gnome.gtk.PolicyType;
import org.gnome.gtk.PropagationPhase;
import org.gnome.gtk.ScrolledWindow;
import org.gnome.gtk.Widget;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.ui.DeviceGate;
import org.spectrum_os.portal.consent.ui.DeviceWording;

/**
 * The devices, one below the other, in a list that scrolls. Each that can be lent is one large button that is on or off; the others are
 * no buttons at all, so that nothing can choose them.
 */
final class DeviceList {
    /** As wide as the mark of a radio or check button. */
    private static final int MARK = 16;

    private static final int LEFT = 0xff51;
    private static final int UP = 0xff52;
    private static final int DOWN = 0xff54;

    private final ScrolledWindow scroll = new ScrolledWindow();
    private final Box rows = new Box(Orientation.VERTICAL, 0);
    /** Makes radio buttons of the others, even of a single one, while none of them need be on. Never on screen. */
    private final CheckButton none = new CheckButton();

    private final Map<String, CheckButton> buttons = new LinkedHashMap<>();

    DeviceList() {
        none.setVisible(false);
        rows.append(none);
        scroll.setPolicy(PolicyType.NEVER, PolicyType.AUTOMATIC);
        // So that it is seen that there is more.
        scroll.setOverlayScrolling(false);
        scroll.setVexpand(true);
        // No row may show its corners beyond those of the frame.
        rows.setOverflow(Overflow.HIDDEN);
        rows.addCssClass("devices");
    }

    Widget widget() {
        return scroll;
    }

    /**
     * Prepares for a question. Called once.
     *
     * @param changed called after the user has chosen
     */
    void ask(DeviceQuestion question, Runnable changed) {
        List<String> first = DeviceGate.chosenFirst(question);
        for (Candidate device : DeviceGate.listed(question)) {
            Widget row = DeviceRow.of(device, DeviceWording.hasTwin(question, device));
            if (device.state().isLendable()) {
                CheckButton button = button(device, row);
                if (!question.several()) {
                    button.setGroup(none);
                }
                button.setActive(first.contains(device.id()));
                button.onToggled(() -> Fatal.guard(changed));
                buttons.put(device.id(), button);
                rows.append(button);
            } else {
                rows.append(impossible(row));
            }
        }
        if (question.several()) {
            var arrows = new EventControllerKey();
            arrows.setPropagationPhase(PropagationPhase.CAPTURE);
            arrows.onKeyPressed((key, code, modifiers) -> isArrow(key) && moved(key));
            rows.addController(arrows);
        }
        var below = new Box(Orientation.VERTICAL, 0);
        below.setVexpand(true);
        var all = new Box(Orientation.VERTICAL, 0);
        all.append(rows);
        all.append(below);
        // Now, not when the window was made: GTK 4.8 keeps the height that an empty list had.
        scroll.setChild(all);
    }

    private static boolean isArrow(int key) {
        return key >= LEFT && key <= DOWN;
    }

    /** Moves the focus, and nothing else: GTK 4.8 would switch a check button on or off at an arrow key. */
    private boolean moved(int key) {
        Fatal.guard(() -> {
            List<CheckButton> all = List.copyOf(buttons.values());
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).isFocus()) {
                    int next = key == UP ? i - 1 : key == DOWN ? i + 1 : i;
                    all.get(Math.clamp(next, 0, all.size() - 1)).grabFocus();
                    return;
                }
            }
        });
        return true;
    }

    private static CheckButton button(Candidate device, Widget row) {
        var button = new CheckButton();
        button.addCssClass("device");
        button.setChild(row);
        Mnemonics.name(button, DeviceWording.spoken(device));
        Mnemonics.describe(button, DeviceWording.described(device));
        return button;
    }

    private static Widget impossible(Widget row) {
        var all = new Box(Orientation.HORIZONTAL, 0);
        all.addCssClass("device");
        all.addCssClass("impossible");
        Image lock = Image.fromIconName("changes-prevent-symbolic");
        lock.setPixelSize(MARK);
        all.append(lock);
        all.append(row);
        return all;
    }

    void setSensitive(boolean sensitive) {
        buttons.values().forEach(button -> button.setSensitive(sensitive));
    }

    /** Ids of the devices that are chosen. */
    List<String> chosen() {
        return buttons.entrySet().stream()
                .filter(entry -> entry.getValue().getActive())
                .map(Map.Entry::getKey)
                .toList();
    }
}
