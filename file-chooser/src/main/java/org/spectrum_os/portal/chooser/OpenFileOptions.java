// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.Choice;
import org.spectrum_os.portal.protocol.FileFilter;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageCodec;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.Untrusted;

/**
 * The options of {@code FileChooser.OpenFile} as an application gave them, their D-Bus types already checked. {@link #request} holds
 * them to what the portal's documentation demands and to the link's limits.
 *
 * @param currentFolder a folder as the application sees it, or empty
 */
public record OpenFileOptions(
        boolean multiple,
        boolean directory,
        List<Filter> filters,
        @Nullable Filter currentFilter,
        List<Selection> choices,
        String currentFolder) {

    /** Nothing asked for beyond one file. */
    public static final OpenFileOptions NONE = new OpenFileOptions(false, false, List.of(), null, List.of(), "");

    public OpenFileOptions {
        filters = List.copyOf(filters);
        choices = List.copyOf(choices);
    }

    /** {@code (sa(us))}. */
    public record Filter(String name, List<Pattern> patterns) {
        public Filter {
            patterns = List.copyOf(patterns);
        }
    }

    /** {@code (us)}; kind 0 is a glob, 1 a MIME type. */
    public record Pattern(long kind, String value) {}

    /** {@code (ssa(ss)s)}. */
    public record Selection(String id, String label, List<Option> options, String initial) {
        public Selection {
            options = List.copyOf(options);
        }
    }

    /** {@code (ss)}. */
    public record Option(String id, String label) {}

    /** An option breaks the interface's rules or a limit; the message, in plain words, is for the application. */
    public static final class InvalidOptionException extends Exception {
        private static final long serialVersionUID = 1;

        InvalidOptionException(String message) {
            super(message);
        }
    }

    /** The filters the request carries: a current filter that stands alone counts as the only one. */
    public List<Filter> effectiveFilters() {
        return filters.isEmpty() && currentFilter != null ? List.of(currentFilter) : filters;
    }

    /**
     * What crosses the border. Texts that are only shown are shortened; what has a meaning is never changed but refused.
     *
     * @throws InvalidOptionException if an option breaks a rule or a limit
     */
    public FileRequest request(String appId, String title) throws InvalidOptionException {
        List<Filter> all = effectiveFilters();
        atMost(all.size(), Limits.FILTERS, "filters");
        atMost(choices.size(), Limits.CHOICES, "choices");
        var sentFilters = new ArrayList<FileFilter>();
        for (Filter filter : all) {
            sentFilters.add(checked(filter));
        }
        Integer current = null;
        if (currentFilter != null) {
            current = all.indexOf(currentFilter);
            if (current < 0) {
                throw new InvalidOptionException("current_filter is not one of the filters");
            }
        }
        var sentChoices = new ArrayList<Choice>();
        Set<String> ids = new HashSet<>();
        for (Selection choice : choices) {
            sentChoices.add(checked(choice));
            if (!ids.add(choice.id())) {
                throw new InvalidOptionException("two choices have the same id");
            }
        }
        var request = new FileRequest(
                shown(appId),
                shown(title),
                multiple,
                directory,
                sentFilters,
                current,
                sentChoices,
                shown(currentFolder));
        requireFrame(request);
        return request;
    }

    private static FileFilter checked(Filter filter) throws InvalidOptionException {
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

    private static Choice checked(Selection choice) throws InvalidOptionException {
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

    private static Untrusted<String> shown(String text) {
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

    private static void atMost(int count, int most, String what) throws InvalidOptionException {
        if (count > most) {
            throw new InvalidOptionException(count + " " + what + ", at most " + most + " are allowed");
        }
    }

    /** Each list may be within its limit and the whole still be too large for a frame. */
    private static void requireFrame(FileRequest request) throws InvalidOptionException {
        try {
            MessageCodec.encode(new Message.OpenFile(Long.MAX_VALUE, request));
        } catch (ProtocolException tooLarge) {
            throw new InvalidOptionException(
                    "all options together are larger than the " + Limits.FRAME_BYTES + " bytes allowed");
        }
    }
}
