// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a device's interfaces must be. */
final class UsbInterfacesReader {
    private static final int MOST = 32;
    private static final String EQUALS = "equals";
    private static final String ONE_OF = "one-of";
    private static final String NONE_OF = "none-of";

    private final PolicyReader reader;

    UsbInterfacesReader(PolicyReader reader) {
        this.reader = reader;
    }

    @Nullable
    UsbInterfaces read(LocatedJson value) {
        PolicyReader.Fields fields = reader.fields(value, "interfaces", Set.of(EQUALS, ONE_OF, NONE_OF));
        if (fields == null) {
            return null;
        }
        if (!fields.has(EQUALS) && !fields.has(ONE_OF) && !fields.has(NONE_OF)) {
            reader.problem(
                    value,
                    "interfaces says nothing: it has \"" + EQUALS + "\", \"" + ONE_OF + "\" or \"" + NONE_OF
                            + "\", such as {\"" + ONE_OF + "\": [\"storage\"]}");
            return null;
        }
        List<UsbInterfaces.Pattern> equal = fields.optional(EQUALS, v -> patterns(v, EQUALS));
        List<UsbInterfaces.Pattern> oneOf = fields.optional(ONE_OF, v -> patterns(v, ONE_OF));
        List<UsbInterfaces.Pattern> noneOf = fields.optional(NONE_OF, v -> patterns(v, NONE_OF));
        var read = new UsbInterfaces(
                Optional.ofNullable(equal), oneOf == null ? List.of() : oneOf, noneOf == null ? List.of() : noneOf);
        if (isContradiction(read)) {
            reader.problem(value, "no device can fit: what must be there is all in \"" + NONE_OF + "\"");
        }
        return read;
    }

    private static boolean isContradiction(UsbInterfaces read) {
        return read.equal().stream().flatMap(List::stream).anyMatch(one -> isExcluded(one, read))
                || (!read.oneOf().isEmpty() && read.oneOf().stream().allMatch(one -> isExcluded(one, read)));
    }

    private static boolean isExcluded(UsbInterfaces.Pattern pattern, UsbInterfaces read) {
        return read.noneOf().stream().anyMatch(out -> out.covers(pattern));
    }

    private @Nullable List<UsbInterfaces.Pattern> patterns(LocatedJson value, String what) {
        if (!(value instanceof LocatedJson.Many(var _, var items)) || items.isEmpty()) {
            reader.problem(
                    value,
                    what + " is a list such as [\"storage\"] or [\"080650\", \"03****\"], got "
                            + (value instanceof LocatedJson.Many ? "an empty one" : value.describe()));
            return null;
        }
        if (items.size() > MOST) {
            reader.problem(value, items.size() + " interfaces, at most " + MOST + " are supported");
            return null;
        }
        var read = new ArrayList<UsbInterfaces.Pattern>();
        for (LocatedJson item : items) {
            UsbInterfaces.Pattern pattern = pattern(item, what);
            if (pattern != null) {
                read.add(pattern);
            }
        }
        return read;
    }

    private UsbInterfaces.@Nullable Pattern pattern(LocatedJson item, String what) {
        if (!(item instanceof LocatedJson.Text(var _, var text))) {
            return refuse(item, "");
        }
        Optional<UsbWord> word = UsbWord.of(text);
        if (word.isPresent()) {
            if (what.equals(NONE_OF) && word.get().isOnlySometimesSaid()) {
                reader.problem(
                        item,
                        "there are keyboards and mice that do not say so by their interface, and \"" + text
                                + "\" would let them pass: rule out \"" + UsbWord.INPUT.word() + "\", or allow by \""
                                + EQUALS + "\"");
                return null;
            }
            return word.get().pattern();
        }
        Optional<UsbInterfaces.Pattern> pattern = UsbInterfaces.Pattern.of(text.toLowerCase(Locale.ROOT));
        if (pattern.isPresent()) {
            return pattern.get();
        }
        if (text.startsWith("**")) {
            return refuse(item, "; without its class the rest says nothing");
        }
        return refuse(
                item,
                Suggestion.of(text, UsbWord.words())
                        .map(near -> "; did you mean \"" + near + "\"?")
                        .orElse(""));
    }

    private UsbInterfaces.@Nullable Pattern refuse(LocatedJson item, String advice) {
        reader.problem(
                item,
                "an interface is six hexadecimal digits for class, subclass and protocol, such as \"080650\", \"0806**\" or"
                        + " \"08****\", or one of " + String.join(", ", UsbWord.words()) + "; got " + item.describe()
                        + advice);
        return null;
    }
}
