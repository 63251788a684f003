// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile.Kind;
import org.spectrum_os.portal.protocol.Limits;

/**
 * Which files or folders, if any, does the user lend?
 *
 * @param appId         which application inside the instance says it asks; empty if it did not say
 * @param title         what the application would call the dialog; empty if it did not say
 * @param purpose       what is asked for
 * @param filters       kinds of files to choose from, at most {@link Limits#FILTERS}
 * @param currentFilter index of the filter to begin with, or null for the first
 * @param choices       options the application wants set along with the files, at most {@link Limits#CHOICES}
 * @param folderHint    the folder the application was last in, in its own words; shown, never opened
 */
public record FileQuestion(
        ClaimedText appId,
        ClaimedText title,
        Purpose purpose,
        List<FilterRow> filters,
        @Nullable Integer currentFilter,
        List<ChoiceRow> choices,
        @JsonSetter(nulls = Nulls.SET) @Nullable ClaimedText folderHint)
        implements Question {

    public FileQuestion {
        filters = ContractLimits.bounded(filters, Limits.FILTERS, "filters");
        choices = ContractLimits.bounded(choices, Limits.CHOICES, "choices");
        ContractLimits.checkDistinct(choices, ChoiceRow::id, "choices");
        if (currentFilter != null && (currentFilter < 0 || currentFilter >= filters.size())) {
            throw new IllegalArgumentException("current filter " + currentFilter + " of " + filters.size());
        }
    }

    /**
     * A kind of files: those whose name matches a glob or whose type is one of the MIME types.
     *
     * @param globs shell patterns on the file's name, matched without regard to case
     * @param mimes MIME types, also of the form {@code image/*}
     */
    public record FilterRow(ClaimedText name, List<String> globs, List<String> mimes) {
        public FilterRow {
            globs = ContractLimits.bounded(globs, Limits.PATTERNS, "globs");
            mimes = ContractLimits.bounded(mimes, Limits.PATTERNS, "MIME types");
            globs.forEach(glob -> ContractLimits.token(glob, "a glob"));
            mimes.forEach(mime -> ContractLimits.token(mime, "a MIME type"));
        }
    }

    /**
     * Something to set along with the files.
     *
     * @param id      the application's name for it, never shown
     * @param options at most {@link Limits#OPTIONS}; none means a check box, whose options are {@code true} and {@code false}
     * @param initial the id of the option to begin with; if it is no option's, the first one (or {@code false}) is
     */
    public record ChoiceRow(String id, ClaimedText label, List<OptionRow> options, String initial) {
        public ChoiceRow {
            ContractLimits.token(id, "a choice's id");
            ContractLimits.token(initial, "an initial option");
            options = ContractLimits.bounded(options, Limits.OPTIONS, "options");
            ContractLimits.checkDistinct(options, OptionRow::id, "options");
        }

        /** Whether {@code option} may answer this choice. */
        public boolean allows(String option) {
            return options.isEmpty()
                    ? option.equals("true") || option.equals("false")
                    : options.stream().anyMatch(row -> row.id().equals(option));
        }
    }

    /** One option of a choice; {@code id} is the application's name for it, never shown. */
    public record OptionRow(String id, ClaimedText label) {
        public OptionRow {
            ContractLimits.token(id, "an option's id");
        }
    }

    /**
     * Why {@code answer} is no answer to this question, or empty if it is one: the right number and kind of files, terms that allow what
     * was asked for, one allowed option for each choice, and a filter if and only if there are filters. Whether there must be terms
     * depends on who asks, and is not looked at.
     */
    @Override
    public Optional<String> objectionTo(FromWindow.Yes answer) {
        return switch (answer) {
            case FromWindow.Chosen chosen ->
                objectionToFiles(chosen.files())
                        .or(() -> objectionToTerms(chosen.terms()))
                        .or(() -> objectionToFilter(chosen.filter()))
                        .or(() -> objectionToChoices(chosen.choices()));
            case FromWindow.Agreed _, FromWindow.Picked _ -> Optional.of("an answer without files");
        };
    }

    /** Each request to save makes files of its own, so one answer cannot stand for two. */
    @Override
    public boolean isShareable() {
        return !purpose.saves();
    }

    private Optional<String> objectionToFiles(List<FromWindow.PickedFile> files) {
        Set<Kind> kinds = switch (purpose) {
            case Purpose.OpenFiles _ -> Set.of(Kind.FILE);
            case Purpose.OpenFolders _ -> Set.of(Kind.FOLDER);
            case Purpose.SaveFile _, Purpose.SaveFiles _ -> Set.of(Kind.FILE, Kind.NEW);
        };
        for (FromWindow.PickedFile file : files) {
            if (!kinds.contains(file.kind())) {
                return Optional.of(file.kind() + " chosen where " + kinds + " was asked for");
            }
            if (!file.companions().isEmpty() && !(purpose instanceof Purpose.OpenFiles)) {
                return Optional.of("companions of what is not opened");
            }
        }
        Optional<Integer> due = switch (purpose) {
            case Purpose.OpenFiles(boolean multiple) -> multiple ? Optional.empty() : Optional.of(1);
            case Purpose.OpenFolders(boolean multiple) -> multiple ? Optional.empty() : Optional.of(1);
            case Purpose.SaveFile _ -> Optional.of(1);
            case Purpose.SaveFiles(List<String> names) -> Optional.of(names.size());
        };
        if (due.isPresent() && due.get() != files.size()) {
            return Optional.of(files.size() + " files chosen where " + due.get() + " were asked for");
        }
        if (purpose instanceof Purpose.SaveFiles
                && files.stream().map(FromWindow.PickedFile::folder).distinct().count() != 1) {
            return Optional.of("files to save in more than one folder");
        }
        return Optional.empty();
    }

    private Optional<String> objectionToTerms(@Nullable Terms terms) {
        return terms != null && purpose.saves() && terms.access() != FileAccess.WRITE
                ? Optional.of("a file to save that may not be written")
                : Optional.empty();
    }

    private Optional<String> objectionToFilter(@Nullable Integer filter) {
        return (filter == null ? !filters.isEmpty() : filter >= filters.size())
                ? Optional.of("filter " + filter + " chosen of " + filters.size())
                : Optional.empty();
    }

    private Optional<String> objectionToChoices(List<FromWindow.PickedChoice> picked) {
        if (picked.size() != choices.size()) {
            return Optional.of(picked.size() + " options chosen for " + choices.size() + " choices");
        }
        boolean answered = choices.stream()
                .allMatch(choice ->
                        picked.stream().anyMatch(one -> one.id().equals(choice.id()) && choice.allows(one.option())));
        return answered ? Optional.empty() : Optional.of("a choice is not answered by one of its options");
    }
}
