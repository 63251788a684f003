// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gnome.gtk.Box;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Widget;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.ui.Dialogs;
import org.spectrum_os.portal.consent.ui.Outcome;
import org.spectrum_os.portal.consent.ui.Picking;
import org.spectrum_os.portal.consent.ui.Risks;
import org.spectrum_os.portal.consent.ui.Selection;
import org.spectrum_os.portal.consent.ui.Sentence;
import org.spectrum_os.portal.consent.ui.Wording;

/** Which files? The sentence, the claims, the chooser, and on which terms; or whether to replace the one that is there. */
final class FilePage implements Page {
    private static final int CLAIM_LINES = 2;

    private final Dialogs dialogs;
    private final Risks risks;
    private final Box all = new Box(Orientation.VERTICAL, ConsentWindow.GAP);
    private final Label sentence = ConsentWindow.wrapped("sentence", 2);
    private final Label claim = ConsentWindow.wrapped("claim", CLAIM_LINES);
    private final Label folder = ConsentWindow.wrapped("claim", 1);
    private final Label problem = ConsentWindow.wrapped("problem", 3);
    private final Label warning = ConsentWindow.wrapped("warning", 2);
    private final FileArea files;
    private final ChoiceRows choices = new ChoiceRows();
    private final CompanionRow companions = new CompanionRow();
    private final SaveList saved = new SaveList();
    private final TermsRows terms = new TermsRows();
    private final Box question = new Box(Orientation.VERTICAL, ConsentWindow.GAP);
    private final ReplacePage replace = new ReplacePage();
    private InstanceLabel asker = ConsentWindow.NOBODY;
    private Purpose purpose = new Purpose.OpenFiles(true);
    private List<String> lastSelected = List.of();
    private @Nullable Sentence lastSentence;
    private Outcome.Preview preview = Outcome.Preview.NOTHING;
    private boolean replacing;
    /** Before, nothing that is selected can be the user's doing. */
    private boolean wasArmed;

    FilePage(Dialogs dialogs, Risks risks) {
        this.dialogs = dialogs;
        this.risks = risks;
        this.files = new FileArea(dialogs.startFolder(), this::lend);
        problem.setVisible(false);
        warning.setVisible(false);
        var claims = new Box(Orientation.VERTICAL, 3);
        claims.addCssClass("claims");
        claims.append(claim);
        claims.append(folder);
        question.append(sentence);
        question.append(claims);
        question.append(files.widget());
        question.append(saved.widget());
        question.append(choices.widget());
        question.append(companions.widget());
        question.append(terms.widget());
        question.setVexpand(true);
        all.append(question);
        all.append(replace.widget());
        all.append(warning);
        all.append(problem);
    }

    @Override
    public Widget widget() {
        return all;
    }

    /** Prepares for a question. Called once. */
    void ask(InstanceLabel who, FileQuestion asked) {
        asker = who;
        purpose = asked.purpose();
        claim.setText(Wording.claim(who.name(), asked));
        String named = Wording.folderClaim(asked);
        folder.setText(named == null ? "" : named);
        folder.setVisible(named != null);
        files.ask(asked, dialogs.startFolder());
        choices.ask(asked.choices());
        terms.ask(who.terms(), purpose.saves());
        say();
    }

    private void lend() {
        dialogs.lend(
                new Selection(files.selected(), companions.names(), choices.picked(), files.filter(), terms.terms()));
    }

    @Override
    public void agree() {
        if (replacing) {
            dialogs.replace();
        } else {
            lend();
        }
    }

    @Override
    public void escape() {
        if (replacing) {
            dialogs.back();
        } else {
            dialogs.deny();
        }
    }

    @Override
    public void look() {
        if (replacing) {
            return;
        }
        if (!wasArmed) {
            files.selectNothing();
        }
        List<String> selected = files.selected();
        if (!selected.equals(lastSelected)) {
            lastSelected = selected;
            problem.setVisible(false);
            preview = preview(selected);
            boolean one = purpose instanceof Purpose.OpenFiles && selected.size() == 1;
            companions.look(one ? selected.getFirst() : "");
            var risk = risks.of(purpose, selected);
            warning.setVisible(risk.isPresent());
            warning.setText(risk.map(Wording::warning).orElse(""));
        }
        say();
    }

    private Outcome.Preview preview(List<String> selected) {
        if (selected.isEmpty()) {
            return Outcome.Preview.NOTHING;
        }
        Path first = Path.of(selected.getFirst());
        return switch (purpose) {
            case Purpose.OpenFiles _, Purpose.OpenFolders _ ->
                new Outcome.Preview(selected.stream().map(risks::nameOf).toList(), "", false);
            case Purpose.SaveFile _ ->
                new Outcome.Preview(
                        List.of(risks.nameOf(first.toString())),
                        risks.nameOf(parent(first)),
                        Files.isRegularFile(first));
            case Purpose.SaveFiles(List<String> names) -> {
                List<String> free = Picking.freeNames(first, names);
                saved.show(free);
                yield new Outcome.Preview(free, risks.nameOf(first.toString()), false);
            }
        };
    }

    private static String parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path.toString() : parent.toString();
    }

    private void say() {
        Sentence now = Outcome.sentence(
                asker, purpose, terms.terms(), preview, companions.names().size());
        if (!now.equals(lastSentence)) {
            lastSentence = now;
            sentence.setMarkup(now.markup());
        }
    }

    void askToReplace(PickedFile file) {
        replacing = true;
        problem.setVisible(false);
        files.leave();
        question.setVisible(false);
        replace.show(asker, file, risks.nameOf(file.folder()));
    }

    void askAgain() {
        replacing = false;
        replace.hide();
        files.comeBack();
        question.setVisible(true);
    }

    void explain(String why) {
        problem.setText(why);
        problem.setVisible(true);
    }

    @Override
    public void arming(boolean armed) {
        wasArmed |= armed;
        terms.setSensitive(armed);
        companions.setSensitive(armed);
    }

    /** Does everything {@link #look} does for a question that is not shown: classes are loaded before the first one comes. */
    void rehearse() {
        look();
        arming(false);
        choices.picked();
        files.filter();
    }

    @Override
    public void forget() {
        companions.forget();
    }
}
