// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is on the disk, in memory. One thread changes it; any may read, and never waits. */
final class Tables {
    private final Map<String, Map<String, Entry>> tables = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** One entry and where it belongs. */
    record Row(String table, String id, Entry entry) {}

    @Nullable
    Entry get(String table, String id) {
        Map<String, Entry> entries = tables.get(table);
        return entries == null ? null : entries.get(id);
    }

    void put(String table, String id, @Nullable Entry entry) {
        Entry before = entry == null ? remove(table, id) : insert(table, id, entry);
        bytes.addAndGet(weight(table, id, entry) - weight(table, id, before));
    }

    private @Nullable Entry insert(String table, String id, Entry entry) {
        return tables.computeIfAbsent(table, _ -> new ConcurrentHashMap<>()).put(id, entry);
    }

    private @Nullable Entry remove(String table, String id) {
        Map<String, Entry> entries = tables.get(table);
        if (entries == null) {
            return null;
        }
        Entry before = entries.remove(id);
        if (entries.isEmpty()) {
            tables.remove(table);
        }
        return before;
    }

    List<String> names() {
        return List.copyOf(tables.keySet());
    }

    List<String> ids(String table) {
        Map<String, Entry> entries = tables.get(table);
        return entries == null ? List.of() : List.copyOf(entries.keySet());
    }

    /** All entries. Complete only on the thread that makes the changes. */
    List<Row> rows() {
        var rows = new ArrayList<Row>();
        tables.forEach((table, entries) -> entries.forEach((id, entry) -> rows.add(new Row(table, id, entry))));
        return rows;
    }

    /** About how much all of it takes: the lengths of all texts and values. */
    long bytes() {
        return bytes.get();
    }

    /** About how much one entry takes. */
    static long weight(String table, String id, @Nullable Entry entry) {
        if (entry == null) {
            return 0;
        }
        long[] sum = {64L + table.length() + id.length() + entry.data().size()};
        entry.permissions().forEach((app, permission) -> {
            sum[0] += 64 + app.length() + permission.reason().length();
            for (String word : permission.access()) {
                sum[0] += 8 + word.length();
            }
        });
        return sum[0];
    }
}
