// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.spectrum_os.portal.chooser.ChooserOptions.Filter;
import org.spectrum_os.portal.chooser.ChooserOptions.InvalidOptionException;
import org.spectrum_os.portal.chooser.ChooserOptions.Option;
import org.spectrum_os.portal.chooser.ChooserOptions.Pattern;
import org.spectrum_os.portal.chooser.ChooserOptions.Selection;
import org.spectrum_os.portal.protocol.Choice;
import org.spectrum_os.portal.protocol.FileFilter;
import org.spectrum_os.portal.protocol.FileNames;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Untrusted;

/** The rules that the portal's documentation has for single options, and the limits of the link. */
final class OptionChecks {
    private static final String NAME_RULE =
            ": it must be 1 to " + Limits.NAME_BYTES + " bytes without '/', and neither '.' nor '..'";
    private static final int EXTENSION_BYTES = 16;

    private OptionChecks() {}

    static FileFilter checked(Filter filter) throws InvalidOptionException {
        if (filter.name().isEmpty()) {
            throw new InvalidOptionException("a filter has an empty name");
        }
        if (filter.patterns().isEmpty()) {
            throw new InvalidOptionException("a filter has no patterns");
        }
        atMost(filter.patterns().size(), Limits.PATTERNS, "patterns in one filter");
        var patterns = new ArrayList<FileFilter.Pattern>();
        for (Pattern pattern : filter.patterns()) {
            FileFilter.Kind kind = switch ((int) Math.min(pattern.kind(), 2)) {
                case 0 -> FileFilter.Kind.GLOB;
                case 1 -> FileFilter.Kind.MIME;
                default ->
                    throw new InvalidOptionException(
                            "a filter has a pattern of type " + pattern.kind() + ", known are 0 and 1");
            };
            patterns.add(new FileFilter.Pattern(kind, meant(pattern.value(), "a filter's pattern")));
        }
        return new FileFilter(shown(filter.name()), patterns);
    }

    static Choice checked(Selection choice) throws InvalidOptionException {
        Untrusted<String> id = meant(choice.id(), "a choice's id");
        if (choice.label().isEmpty()) {
            throw new InvalidOptionException("a choice has an empty label");
        }
        atMost(choice.options().size(), Limits.OPTIONS, "options in one choice");
        var options = new ArrayList<Choice.Option>();
        Set<String> ids = new HashSet<>();
        for (Option option : choice.options()) {
            options.add(new Choice.Option(meant(option.id(), "an option's id"), shown(option.label())));
            if (option.label().isEmpty()) {
                throw new InvalidOptionException("a choice has an option with an empty label");
            }
            ids.add(option.id());
        }
        String initial = choice.initial();
        if (!initial.isEmpty()) {
            if (options.isEmpty() && !initial.equals("true") && !initial.equals("false")) {
                throw new InvalidOptionException("a choice without options can only begin as \"true\" or \"false\"");
            }
            if (!options.isEmpty() && !ids.contains(initial)) {
                throw new InvalidOptionException("a choice begins with an option that it does not have");
            }
        }
        return new Choice(id, shown(choice.label()), options, Untrusted.of(initial));
    }

    /** A text with a meaning: not empty, not too long, never changed. */
    private static Untrusted<String> meant(String text, String what) throws InvalidOptionException {
        if (text.isEmpty()) {
            throw new InvalidOptionException(what + " is empty");
        }
        if (text.codePointCount(0, text.length()) > Limits.TEXT_CODE_POINTS) {
            throw new InvalidOptionException(
                    what + " is longer than the " + Limits.TEXT_CODE_POINTS + " characters allowed");
        }
        return Untrusted.of(text);
    }

    static Untrusted<String> shown(String text) {
        return Untrusted.of(shortened(text));
    }

    /** A text that is only shown: at most the characters allowed, the last an ellipsis when something was left out. */
    static String shortened(String text) {
        if (text.length() <= Limits.TEXT_CODE_POINTS
                || text.codePointCount(0, text.length()) <= Limits.TEXT_CODE_POINTS) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, Limits.TEXT_CODE_POINTS - 1)) + "…";
    }

    static void atMost(int count, int most, String what) throws InvalidOptionException {
        if (count > most) {
            throw new InvalidOptionException(count + " " + what + ", at most " + most + " are allowed");
        }
    }

    /** The names of {@code SaveFiles}, which are what the files will be called unless the user decides otherwise. */
    static List<Untrusted<String>> names(List<String> names) throws InvalidOptionException {
        if (names.isEmpty()) {
            throw new InvalidOptionException("files names no file");
        }
        atMost(names.size(), Limits.FILES, "files");
        Set<String> different = new HashSet<>();
        var sent = new ArrayList<Untrusted<String>>();
        for (String name : names) {
            if (!FileNames.isComponent(name)) {
                throw new InvalidOptionException("files holds a name that is none" + NAME_RULE);
            }
            if (!different.add(name)) {
                throw new InvalidOptionException("files holds the same name twice");
            }
            sent.add(Untrusted.of(name));
        }
        return sent;
    }

    /** A name that is only suggested may be too long, as a page's title is, and is cut then; it may not be a path. */
    static Untrusted<String> suggestedName(String name) throws InvalidOptionException {
        String kept = fitting(name);
        // What is cut off counts too: the end of a path is no name.
        if (!name.isEmpty() && (name.indexOf('/') >= 0 || !FileNames.isComponent(kept))) {
            throw new InvalidOptionException("current_name is not a file name" + NAME_RULE);
        }
        return Untrusted.of(kept);
    }

    /** Cuts at the end of the stem, so that a short extension stays. */
    private static String fitting(String name) {
        int excess = bytes(name) - Limits.NAME_BYTES;
        if (excess <= 0) {
            return name;
        }
        int dot = name.lastIndexOf('.');
        String extension = dot > 0 && bytes(name.substring(dot)) <= EXTENSION_BYTES ? name.substring(dot) : "";
        int end = name.length() - extension.length();
        while (excess > 0) {
            int codePoint = name.codePointBefore(end);
            end -= Character.charCount(codePoint);
            excess -= bytes(Character.toString(codePoint));
        }
        return name.substring(0, end) + extension;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
