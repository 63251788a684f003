// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FileQuestion.ChoiceRow;
import org.spectrum_os.portal.consent.contract.FileQuestion.FilterRow;
import org.spectrum_os.portal.consent.contract.FileQuestion.OptionRow;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.SafeNames;
import org.spectrum_os.portal.protocol.Choice;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.FileFilter;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.SaveFilesRequest;
import org.spectrum_os.portal.protocol.SaveRequest;
import org.spectrum_os.portal.protocol.Untrusted;

/** Turns what a guest asked into what the user is asked: everything shown is made safe, everything else is checked or refused. */
public final class FileQuestions {
    private static final int TOKEN_CHARS = 1024;

    private FileQuestions() {}

    /**
     * Validates a request.
     *
     * @throws RefusedRequestException if it is not one that can be put to the user
     */
    public static FileQuestion from(FileAsk ask) throws RefusedRequestException {
        try {
            return switch (ask) {
                case FileRequest open ->
                    question(
                            open,
                            open.directory()
                                    ? new Purpose.OpenFolders(open.multiple())
                                    : new Purpose.OpenFiles(open.multiple()),
                            open.filters(),
                            open.currentFilter());
                case SaveRequest save ->
                    question(
                            save,
                            new Purpose.SaveFile(SafeNames.of(save.currentName())),
                            save.filters(),
                            save.currentFilter());
                case SaveFilesRequest save ->
                    question(save, new Purpose.SaveFiles(SafeNames.of(save.names())), List.of(), null);
            };
        } catch (IllegalArgumentException e) {
            throw new RefusedRequestException(String.valueOf(e.getMessage()));
        }
    }

    private static FileQuestion question(
            FileAsk ask, Purpose purpose, List<FileFilter> filters, @Nullable Integer currentFilter) {
        return new FileQuestion(
                claim(ask.appId()),
                claim(ask.title()),
                purpose,
                filters.stream().map(FileQuestions::filter).toList(),
                currentFilter,
                choices(ask.choices()),
                folder(ask.currentFolder()));
    }

    private static ClaimedText claim(Untrusted<String> text) {
        DisplayText shown = DisplayText.of(text, Limits.TEXT_CODE_POINTS);
        return new ClaimedText(shown.text(), shown.shortened());
    }

    private static @Nullable ClaimedText folder(Untrusted<String> folder) {
        ClaimedText claim = claim(folder);
        return claim.text().isEmpty() ? null : claim;
    }

    private static FilterRow filter(FileFilter filter) {
        var globs = new ArrayList<String>();
        var mimes = new ArrayList<String>();
        for (FileFilter.Pattern pattern : filter.patterns()) {
            String value = pattern.value().validate(FileQuestions::token);
            if (value.isEmpty()) {
                throw new IllegalArgumentException("a filter pattern is empty");
            }
            switch (pattern.kind()) {
                case GLOB -> globs.add(value);
                case MIME -> mimes.add(value);
            }
        }
        if (globs.isEmpty() && mimes.isEmpty()) {
            throw new IllegalArgumentException("a filter has no pattern");
        }
        return new FilterRow(claim(filter.name()), globs, mimes);
    }

    private static List<ChoiceRow> choices(List<Choice> choices) {
        return choices.stream()
                .map(choice -> {
                    var options = choice.options().stream()
                            .map(option ->
                                    new OptionRow(option.id().validate(FileQuestions::token), claim(option.label())))
                            .toList();
                    return new ChoiceRow(
                            choice.id().validate(FileQuestions::token),
                            claim(choice.label()),
                            options,
                            initial(choice.initial(), options));
                })
                .toList();
    }

    private static String initial(Untrusted<String> initial, List<OptionRow> options) {
        Set<String> allowed = new HashSet<>(List.of(""));
        if (options.isEmpty()) {
            allowed.addAll(List.of("true", "false"));
        } else {
            options.forEach(option -> allowed.add(option.id()));
        }
        return initial.validate(value -> {
            if (!allowed.contains(value)) {
                throw new IllegalArgumentException("a choice starts with an option it does not have");
            }
            return value;
        });
    }

    /** An identifier or pattern: never shown, given back or matched as it is, so only its form is checked. */
    private static String token(String text) {
        if (text.length() > TOKEN_CHARS || text.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("an identifier is too long or holds a control character");
        }
        return text;
    }
}
