// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;

/**
 * What one file of the stock store ({@code $XDG_DATA_HOME/flatpak/db/TABLE}) holds. Immutable.
 *
 * <p>The file is a GVDB hash table of two: "main" has the entries, each a GVariant of type {@code (va{sas})}, data and permissions; "apps" says
 * the same the other way round and is not looked at.
 */
public final class StockTable {
    /** So many entries that could not be carried over are named; of more only the number is told. */
    static final int MAX_NAMED = 1000;

    private static final int SHOWN_ID = 80;

    private final String table;
    private final List<StockEntry> entries = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private int skippedInAll;

    private StockTable(String table) {
        this.table = table;
    }

    /**
     * Reads a file. Takes time and memory in proportion to its length.
     *
     * @param table the table's name, for messages
     * @param file the whole file
     * @throws GvdbException when no entry can be found in it: it is empty, or another program's, or damaged where it matters for all
     */
    public static StockTable read(String table, byte[] file) throws GvdbException {
        var result = new StockTable(table);
        var gvdb = new GvdbFile(table, file);
        Set<String> ids = new HashSet<>();
        for (GvdbFile.Item item : gvdb.main()) {
            String name = "number " + item.number();
            try {
                String id = gvdb.key(item);
                name = shown(id);
                if (!ids.add(id)) {
                    throw new MarshalException("another entry has the same id");
                }
                GvariantReader.Entry entry = gvdb.entry(item);
                result.entries.add(new StockEntry(id, entry.data(), permissions(entry.permissions())));
            } catch (MarshalException e) {
                result.skip("entry " + name + " was left out: " + e.getMessage());
            }
        }
        if (result.skippedInAll > MAX_NAMED) {
            result.skipped.add((result.skippedInAll - MAX_NAMED) + " more entries were left out");
        }
        return result;
    }

    /** The table's name. */
    public String table() {
        return table;
    }

    /** The entries, in the order of the file, which means nothing. Each id occurs once. */
    public List<StockEntry> entries() {
        return Collections.unmodifiableList(entries);
    }

    /** A sentence for each entry that could not be carried over; the last one may be about several. */
    public List<String> skipped() {
        return Collections.unmodifiableList(skipped);
    }

    private void skip(String sentence) {
        if (++skippedInAll <= MAX_NAMED) {
            skipped.add(sentence);
        }
    }

    private static SortedMap<String, List<String>> permissions(MarshalledValue value) throws MarshalException {
        MarshalReader in = value.reader();
        SortedMap<String, List<String>> permissions = new TreeMap<>();
        for (int end = in.beginArray("{sas}"); in.hasNext(end); ) {
            in.beginStruct();
            String app = in.readString();
            if (permissions.put(app, List.copyOf(in.readStrings())) != null) {
                throw new MarshalException("an application has two lists of permissions");
            }
        }
        return Collections.unmodifiableSortedMap(permissions);
    }

    /** The id as a line of a terminal can show it. */
    private static String shown(String id) {
        var shown = new StringBuilder("\"");
        id.codePoints()
                .limit(SHOWN_ID)
                .forEach(point -> shown.appendCodePoint(Character.isISOControl(point) ? '\ufffd' : point));
        return shown.append(id.codePointCount(0, id.length()) > SHOWN_ID ? "…\"" : "\"")
                .toString();
    }
}
