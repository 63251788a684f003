// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.spectrum_os.portal.dbus.Values.list;
import static org.spectrum_os.portal.dbus.Values.number;
import static org.spectrum_os.portal.dbus.Values.string;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.agent.request.OpenFileOptions;
import org.spectrum_os.portal.agent.request.OpenFileOptions.Filter;
import org.spectrum_os.portal.agent.request.OpenFileOptions.Option;
import org.spectrum_os.portal.agent.request.OpenFileOptions.Pattern;
import org.spectrum_os.portal.agent.request.OpenFileOptions.Selection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.protocol.FileRequest;

/** The options of {@code OpenFile} from their D-Bus form. Unknown keys are ignored, as the portal's documentation asks. */
final class OptionReader {
    static final String FILTERS = "a(sa(us))";
    static final String FILTER = "(sa(us))";
    static final String CHOICES = "a(ssa(ss)s)";

    private OptionReader() {}

    /**
     * Checks the type of every key that the interface knows.
     *
     * @throws DBusErrorException InvalidArgument, naming the key and both types
     */
    static OpenFileOptions read(Map<String, Variant<?>> options) throws DBusErrorException {
        // The label of the button and modality are the host's business; a wrong type is still the application's
        // mistake.
        Variants.string(options, "accept_label");
        Variants.bool(options, "modal");
        boolean multiple = Variants.bool(options, "multiple").orElse(false);
        boolean directory = Variants.bool(options, "directory").orElse(false);
        List<Filter> filters = new ArrayList<>();
        for (Object filter : list(Variants.value(options, "filters", FILTERS).orElse(List.of()))) {
            filters.add(filter(filter));
        }
        Filter current = Variants.value(options, "current_filter", FILTER)
                .map(OptionReader::filter)
                .orElse(null);
        List<Selection> choices = new ArrayList<>();
        for (Object choice : list(Variants.value(options, "choices", CHOICES).orElse(List.of()))) {
            choices.add(choice(choice));
        }
        String folder = Variants.bytes(options, "current_folder")
                .map(OptionReader::path)
                .orElse("");
        return new OpenFileOptions(multiple, directory, filters, current, choices, folder);
    }

    /** What crosses the border, or the error for the caller. */
    static FileRequest request(OpenFileOptions options, String appId, String title) throws DBusErrorException {
        try {
            return options.request(appId, title);
        } catch (OpenFileOptions.InvalidOptionException e) {
            throw new DBusErrorException(ErrorNames.PORTAL_INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
    }

    /** A value of type s under this key; one of another type counts as none. */
    static Optional<String> lenientString(Map<String, Variant<?>> options, String key) {
        Variant<?> found = options.get(key);
        return found != null && found.getSig().equals("s") ? Optional.of(string(found.getValue())) : Optional.empty();
    }

    private static Filter filter(Object struct) {
        List<Object> fields = list(struct);
        List<Pattern> patterns = list(fields.get(1)).stream()
                .map(pattern -> list(pattern))
                .map(pattern -> new Pattern(number(pattern.get(0)), string(pattern.get(1))))
                .toList();
        return new Filter(string(fields.get(0)), patterns);
    }

    private static Selection choice(Object struct) {
        List<Object> fields = list(struct);
        List<Option> options = list(fields.get(2)).stream()
                .map(option -> list(option))
                .map(option -> new Option(string(option.get(0)), string(option.get(1))))
                .toList();
        return new Selection(string(fields.get(0)), string(fields.get(1)), options, string(fields.get(3)));
    }

    /** Paths travel as bytes that end with a NUL; nothing depends on this one, so what stands before the first NUL will do. */
    private static String path(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
