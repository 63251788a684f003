// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import static org.spectrum_os.portal.dbus.Values.list;
import static org.spectrum_os.portal.dbus.Values.number;
import static org.spectrum_os.portal.dbus.Values.string;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.chooser.ChooserOptions.Filter;
import org.spectrum_os.portal.chooser.ChooserOptions.Option;
import org.spectrum_os.portal.chooser.ChooserOptions.Pattern;
import org.spectrum_os.portal.chooser.ChooserOptions.Purpose;
import org.spectrum_os.portal.chooser.ChooserOptions.Selection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.FileNames;

/** The options of the file chooser's methods from their D-Bus form. Unknown keys are ignored, as the portal's documentation asks. */
public final class OptionReader {
    static final String FILTERS = "a(sa(us))";
    static final String FILTER = "(sa(us))";
    static final String CHOICES = "a(ssa(ss)s)";

    private OptionReader() {}

    /** The methods of both interfaces. Each has options of its own; a key that another method knows is an unknown key. */
    public enum Method {
        OPEN_FILE,
        SAVE_FILE,
        SAVE_FILES
    }

    /**
     * Checks the type of every key that the method knows.
     *
     * @throws DBusErrorException InvalidArgument, naming the key and both types
     */
    public static ChooserOptions read(Method method, Map<String, Variant<?>> options) throws DBusErrorException {
        // The label of the button and modality are the host's business; a wrong type is still the application's
        // mistake.
        Variants.string(options, "accept_label");
        Variants.bool(options, "modal");
        String folder = path(options, "current_folder");
        List<Selection> choices = new ArrayList<>();
        for (Object choice : list(Variants.value(options, "choices", CHOICES).orElse(List.of()))) {
            choices.add(choice(choice));
        }
        return switch (method) {
            case OPEN_FILE ->
                filtered(
                        options,
                        new Purpose.Open(
                                Variants.bool(options, "multiple").orElse(false),
                                Variants.bool(options, "directory").orElse(false)),
                        choices,
                        folder);
            case SAVE_FILE -> {
                String name = Variants.string(options, "current_name").orElse("");
                String file = path(options, "current_file");
                yield filtered(
                        options,
                        new Purpose.Save(name.isEmpty() ? baseName(file) : name),
                        choices,
                        folder.isEmpty() ? parent(file) : folder);
            }
            case SAVE_FILES ->
                new ChooserOptions(new Purpose.SaveSeveral(names(options)), List.of(), null, choices, folder);
        };
    }

    private static ChooserOptions filtered(
            Map<String, Variant<?>> options, Purpose purpose, List<Selection> choices, String folder)
            throws DBusErrorException {
        List<Filter> filters = new ArrayList<>();
        for (Object filter : list(Variants.value(options, "filters", FILTERS).orElse(List.of()))) {
            filters.add(filter(filter));
        }
        Filter current = Variants.value(options, "current_filter", FILTER)
                .map(OptionReader::filter)
                .orElse(null);
        return new ChooserOptions(purpose, filters, current, choices, folder);
    }

    /** What crosses the border, or the error for the caller. */
    public static FileAsk ask(ChooserOptions options, String appId, String title) throws DBusErrorException {
        try {
            return options.ask(appId, title);
        } catch (ChooserOptions.InvalidOptionException e) {
            throw new DBusErrorException(ErrorNames.PORTAL_INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
    }

    /** A value of type s under this key; one of another type counts as none. */
    public static Optional<String> lenientString(Map<String, Variant<?>> options, String key) {
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
    private static String path(Map<String, Variant<?>> options, String key) throws DBusErrorException {
        byte[] bytes = Variants.bytes(options, key).orElse(new byte[0]);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** Empty where there is none to suggest: a folder's path, or bytes that are no UTF-8 and so could not be written back. */
    private static String baseName(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return FileNames.isComponent(name) && name.indexOf('\ufffd') < 0 ? name : "";
    }

    private static List<String> names(Map<String, Variant<?>> options) throws DBusErrorException {
        List<String> names = new ArrayList<>();
        for (Object name : list(Variants.value(options, "files", "aay").orElse(List.of()))) {
            names.add(name((byte[]) name));
        }
        return names;
    }

    /** A file will have this name, so every byte counts; only the one NUL that ends it is no part of it. */
    private static String name(byte[] bytes) throws DBusErrorException {
        int length = bytes.length > 0 && bytes[bytes.length - 1] == 0 ? bytes.length - 1 : bytes.length;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DBusErrorException(ErrorNames.PORTAL_INVALID_ARGUMENT, "files holds a name that is not UTF-8");
        }
    }
}
