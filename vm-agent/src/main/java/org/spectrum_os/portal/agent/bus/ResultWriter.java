// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.agent.request.Answer;
import org.spectrum_os.portal.agent.request.LentFolder;
import org.spectrum_os.portal.agent.request.OpenFileOptions;
import org.spectrum_os.portal.dbus.Variants;

/** The results of {@code OpenFile} in their D-Bus form. */
final class ResultWriter {
    private ResultWriter() {}

    /** {@code uris}, {@code choices} and {@code current_filter}; the filter is the one the application passed, unshortened. */
    static Map<String, Variant<?>> granted(Answer.Lent lent, OpenFileOptions asked, LentFolder folder) {
        Map<String, Variant<?>> results = new LinkedHashMap<>();
        results.put("uris", uris(lent.files().stream().map(folder::uri).toList()));
        if (!asked.choices().isEmpty()) {
            List<Object> chosen = new ArrayList<>();
            lent.choices().forEach(choice -> chosen.add(List.of(choice.id(), choice.option())));
            results.put("choices", Variants.of("a(ss)", chosen));
        }
        Integer filter = lent.filter();
        if (filter != null) {
            results.put("current_filter", filter(asked.effectiveFilters().get(filter)));
        }
        return results;
    }

    static Variant<?> uris(List<String> uris) {
        return Variants.of("as", uris);
    }

    private static Variant<?> filter(OpenFileOptions.Filter filter) {
        List<Object> patterns = new ArrayList<>();
        filter.patterns().forEach(pattern -> patterns.add(List.of(pattern.kind(), pattern.value())));
        return Variants.of(OptionReader.FILTER, List.of(filter.name(), patterns));
    }
}
