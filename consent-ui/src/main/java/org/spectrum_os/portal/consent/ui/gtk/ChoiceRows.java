// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.gnome.gtk.Align;
import org.gnome.gtk.Box;
import org.gnome.gtk.CheckButton;
import org.gnome.gtk.DropDown;
import org.gnome.gtk.FlowBox;
import org.gnome.gtk.FlowBoxChild;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.PolicyType;
import org.gnome.gtk.ScrolledWindow;
import org.gnome.gtk.SelectionMode;
import org.gnome.gtk.Widget;
import org.gnome.pango.EllipsizeMode;
import org.spectrum_os.portal.consent.contract.FileQuestion.ChoiceRow;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedChoice;
import org.spectrum_os.portal.consent.ui.Wording;

/** The options that the application wants set along with the files: check boxes and drop-down lists, in few rows that scroll. */
final class ChoiceRows {
    private static final int MAX_HEIGHT = 96;
    private static final int FEW = 2;

    private final ScrolledWindow scroll = new ScrolledWindow();
    private final FlowBox flow = new FlowBox();
    private final List<Supplier<PickedChoice>> states = new ArrayList<>();

    ChoiceRows() {
        flow.setSelectionMode(SelectionMode.NONE);
        flow.setColumnSpacing(18);
        flow.setRowSpacing(6);
        flow.setMaxChildrenPerLine(4);
        scroll.setPolicy(PolicyType.NEVER, PolicyType.AUTOMATIC);
        scroll.setPropagateNaturalHeight(true);
        scroll.setMaxContentHeight(MAX_HEIGHT);
        scroll.setChild(flow);
        scroll.setVisible(false);
    }

    Widget widget() {
        return scroll;
    }

    /** Prepares for a question. Called once. */
    void ask(List<ChoiceRow> choices) {
        for (ChoiceRow choice : choices) {
            Widget row = choice.options().isEmpty() ? checkBox(choice) : dropDown(choice);
            flow.append(row);
            // The cell around it would take the focus before it.
            FlowBoxChild cell = flow.getChildAtIndex(states.size() - 1);
            if (cell != null) {
                cell.setFocusable(false);
            }
        }
        // What may scroll is never lower than a scroll bar; few rows need none.
        scroll.setPolicy(PolicyType.NEVER, choices.size() <= FEW ? PolicyType.NEVER : PolicyType.AUTOMATIC);
        scroll.setVisible(!choices.isEmpty());
    }

    private Widget checkBox(ChoiceRow choice) {
        CheckButton box = CheckButton.withLabel(Wording.row(choice.label()));
        box.setActive(choice.initial().equals("true"));
        states.add(() -> new PickedChoice(choice.id(), String.valueOf(box.getActive())));
        return box;
    }

    private Widget dropDown(ChoiceRow choice) {
        String[] rows = choice.options().stream()
                .map(option -> Wording.row(option.label()))
                .toArray(String[]::new);
        DropDown list = DropDown.fromStrings(rows);
        for (int i = 0; i < rows.length; i++) {
            if (choice.options().get(i).id().equals(choice.initial())) {
                list.setSelected(i);
            }
        }
        states.add(() -> new PickedChoice(
                choice.id(), choice.options().get(list.getSelected()).id()));
        var row = new Box(Orientation.HORIZONTAL, 8);
        var label = new Label(Wording.row(choice.label()));
        list.setValign(Align.CENTER);
        label.setMnemonicWidget(list);
        label.setEllipsize(EllipsizeMode.END);
        row.append(label);
        row.append(list);
        return row;
    }

    /** What is set, one for each choice, in their order. */
    List<PickedChoice> picked() {
        return states.stream().map(Supplier::get).toList();
    }
}
