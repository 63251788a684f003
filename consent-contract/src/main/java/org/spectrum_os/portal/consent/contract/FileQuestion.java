// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.Limits;

/**
 * Which files, if any, does the user lend for reading?
 *
 * @param appId         which application inside the instance says it asks; empty if it did not say
 * @param title         what the application would call the dialog; empty if it did not say
 * @param multiple      whether several files may be chosen
 * @param directory     whether folders are asked for; the window answers such a question with a denial
 * @param filters       kinds of files to choose from, at most {@link Limits#FILTERS}
 * @param currentFilter index of the filter to begin with, or null for the first
 * @param choices       options the application wants set along with the files, at most {@link Limits#CHOICES}
 * @param folderHint    the folder the application was last in, in its own words; shown, never opened
 */
public record FileQuestion(
        ClaimedText appId,
        ClaimedText title,
        boolean multiple,
        boolean directory,
        List<FilterRow> filters,
        @Nullable Integer currentFilter,
        List<ChoiceRow> choices,
        @JsonSetter(nulls = Nulls.SET) @Nullable ClaimedText folderHint) {

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
     * Why {@code answer} is no answer to this question, or empty if it is one: the right number of files, one allowed option for each
     * choice, and a filter if and only if there are filters.
     */
    public Optional<String> objectionTo(FromWindow.Chosen answer) {
        if (directory) {
            return Optional.of("folders cannot be lent");
        }
        if (!multiple && answer.files().size() != 1) {
            return Optional.of(answer.files().size() + " files chosen where one was asked for");
        }
        Integer filter = answer.filter();
        if (filter == null ? !filters.isEmpty() : filter >= filters.size()) {
            return Optional.of("filter " + filter + " chosen of " + filters.size());
        }
        if (answer.choices().size() != choices.size()) {
            return Optional.of(answer.choices().size() + " options chosen for " + choices.size() + " choices");
        }
        for (ChoiceRow choice : choices) {
            boolean answered = answer.choices().stream()
                    .anyMatch(picked -> picked.id().equals(choice.id()) && choice.allows(picked.option()));
            if (!answered) {
                return Optional.of("a choice is not answered by one of its options");
            }
        }
        return Optional.empty();
    }
}
