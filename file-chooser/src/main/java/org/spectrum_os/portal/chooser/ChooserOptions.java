// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.Choice;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.FileFilter;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageCodec;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.SaveFilesRequest;
import org.spectrum_os.portal.protocol.SaveRequest;

/**
 * The options of one call of the file chooser as an application gave them, their D-Bus types already checked. {@link #ask} holds them to
 * what the portal's documentation demands and to the link's limits.
 *
 * @param currentFolder a folder as the application sees it, or empty
 */
public record ChooserOptions(
        Purpose purpose,
        List<Filter> filters,
        @Nullable Filter currentFilter,
        List<Selection> choices,
        String currentFolder) {

    public ChooserOptions {
        filters = List.copyOf(filters);
        choices = List.copyOf(choices);
    }

    /** Nothing asked for beyond the purpose. */
    public static ChooserOptions of(Purpose purpose) {
        return new ChooserOptions(purpose, List.of(), null, List.of(), "");
    }

    /** What the files are wanted for: which method was called, and the options that only this method has. */
    public sealed interface Purpose {
        /** {@code OpenFile}. */
        record Open(boolean multiple, boolean directory) implements Purpose {}

        /**
         * {@code SaveFile}.
         *
         * @param name the name to suggest, or empty
         */
        record Save(String name) implements Purpose {}

        /** {@code SaveFiles}. */
        record SaveSeveral(List<String> names) implements Purpose {
            public SaveSeveral {
                names = List.copyOf(names);
            }
        }
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
    public FileAsk ask(String appId, String title) throws InvalidOptionException {
        var id = OptionChecks.shown(appId);
        var heading = OptionChecks.shown(title);
        var folder = OptionChecks.shown(currentFolder);
        List<Choice> sentChoices = checkedChoices();
        FileAsk ask = switch (purpose) {
            case Purpose.Open(var multiple, var directory) ->
                new FileRequest(
                        id, heading, multiple, directory, checkedFilters(), currentIndex(), sentChoices, folder);
            case Purpose.Save(var name) ->
                new SaveRequest(
                        id,
                        heading,
                        OptionChecks.suggestedName(name),
                        checkedFilters(),
                        currentIndex(),
                        sentChoices,
                        folder);
            case Purpose.SaveSeveral(var names) ->
                new SaveFilesRequest(id, heading, OptionChecks.names(names), sentChoices, folder);
        };
        requireFrame(ask);
        return ask;
    }

    private List<FileFilter> checkedFilters() throws InvalidOptionException {
        List<Filter> all = effectiveFilters();
        OptionChecks.atMost(all.size(), Limits.FILTERS, "filters");
        var sent = new ArrayList<FileFilter>();
        for (Filter filter : all) {
            sent.add(OptionChecks.checked(filter));
        }
        return sent;
    }

    private @Nullable Integer currentIndex() throws InvalidOptionException {
        if (currentFilter == null) {
            return null;
        }
        int index = effectiveFilters().indexOf(currentFilter);
        if (index < 0) {
            throw new InvalidOptionException("current_filter is not one of the filters");
        }
        return index;
    }

    private List<Choice> checkedChoices() throws InvalidOptionException {
        OptionChecks.atMost(choices.size(), Limits.CHOICES, "choices");
        var sent = new ArrayList<Choice>();
        Set<String> ids = new HashSet<>();
        for (Selection choice : choices) {
            sent.add(OptionChecks.checked(choice));
            if (!ids.add(choice.id())) {
                throw new InvalidOptionException("two choices have the same id");
            }
        }
        return sent;
    }

    /** Each list may be within its limit and the whole still be too large for a frame. */
    private static void requireFrame(FileAsk ask) throws InvalidOptionException {
        try {
            MessageCodec.encode(Message.Ask.of(Long.MAX_VALUE, ask));
        } catch (ProtocolException tooLarge) {
            throw new InvalidOptionException(
                    "all options together are larger than the " + Limits.FRAME_BYTES + " bytes allowed");
        }
    }
}
