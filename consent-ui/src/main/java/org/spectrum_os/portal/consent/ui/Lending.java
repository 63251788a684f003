// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.List;
import org.spectrum_os.portal.consent.contract.ContractCodec;
import org.spectrum_os.portal.consent.contract.ContractException;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow.Chosen;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile.Kind;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.Purpose;

/** What follows when the user agrees to lend what is selected. Looks at the file system; decides nothing about when it may be asked. */
final class Lending {
    private Lending() {}

    /** What comes next. */
    sealed interface Step {
        /** It cannot be lent; the question stays. */
        record Refused(String why) implements Step {}

        /** It would take the place of a file that is there, which is asked about first. */
        record Replacing(Chosen answer) implements Step {}

        /** It is the answer. */
        record Lent(Chosen answer) implements Step {}
    }

    /** Makes the answer to dialog {@code id} of what is selected, if it can be lent. */
    static Step lend(long id, InstanceLabel asker, FileQuestion question, Selection selection) {
        return switch (Picking.pick(question.purpose(), selection)) {
            case Picking.Result.Refused(String why) -> new Step.Refused(why);
            case Picking.Result.Files(List<PickedFile> files) -> {
                var chosen = new Chosen(id, files, selection.choices(), selection.filter(), selection.terms());
                PickedFile first = files.getFirst();
                if (asker.kind() == InstanceLabel.Kind.VM && first.name().isEmpty()) {
                    yield new Step.Refused("The whole computer cannot be lent. Choose a folder in it.");
                }
                if (!fits(chosen, asker.kind())) {
                    yield new Step.Refused("The names of these files are too long to be lent together. Choose fewer.");
                }
                yield question.purpose() instanceof Purpose.SaveFile && first.kind() == Kind.FILE
                        ? new Step.Replacing(chosen)
                        : new Step.Lent(chosen);
            }
        };
    }

    /** The user agrees that the file of {@code chosen} is replaced. It must still be the one that was asked about. */
    static Step replace(FileQuestion question, Chosen chosen) {
        PickedFile file = chosen.files().getFirst();
        var again = new Selection(List.of(file.path()), List.of(), chosen.choices(), chosen.filter(), chosen.terms());
        return Picking.pick(question.purpose(), again) instanceof Picking.Result.Files now
                        && now.files().equals(chosen.files())
                ? new Step.Lent(chosen)
                : new Step.Refused(
                        "“" + Wording.fileName(file.name()) + "” has just been changed by somebody else. Look again.");
    }

    private static boolean fits(Chosen chosen, InstanceLabel.Kind kind) {
        try {
            return ContractCodec.encode(chosen).length > 0
                    && switch (kind) {
                        case VM -> chosen.fitsTheLink();
                        case HOST_APP -> true;
                    };
        } catch (ContractException e) {
            return false;
        }
    }
}
