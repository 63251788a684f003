// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.dbus.Variants;

/** The results of a call in their D-Bus form. */
public final class ResultWriter {
    private ResultWriter() {}

    /** {@code uris}, {@code choices} and {@code current_filter}; the filter is the one the application passed, unshortened. */
    public static Map<String, Variant<?>> granted(Chooser.Result.Chosen chosen, ChooserOptions asked) {
        Map<String, Variant<?>> results = new LinkedHashMap<>();
        results.put("uris", uris(chosen.uris()));
        if (!asked.choices().isEmpty()) {
            List<Object> choices = new ArrayList<>();
            chosen.choices().forEach(choice -> choices.add(List.of(choice.id(), choice.option())));
            results.put("choices", Variants.of("a(ss)", choices));
        }
        Integer filter = chosen.filter();
        if (filter != null) {
            results.put("current_filter", filter(asked.effectiveFilters().get(filter)));
        }
        return results;
    }

    /** File URIs as portals pass them; also when there are none. */
    public static Variant<?> uris(List<String> uris) {
        return Variants.of("as", uris);
    }

    private static Variant<?> filter(ChooserOptions.Filter filter) {
        List<Object> patterns = new ArrayList<>();
        filter.patterns().forEach(pattern -> patterns.add(List.of(pattern.kind(), pattern.value())));
        return Variants.of(OptionReader.FILTER, List.of(filter.name(), patterns));
    }
}
