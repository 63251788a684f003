// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.store.gvdb.GvdbBuilder.hash;
import static org.spectrum_os.portal.store.gvdb.GvdbBuilder.join;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.store.json.TypedJson;

/** What is no table, and what a table may hold that D-Bus has no words for. */
@Timeout(60)
class DamagedTableTest {
    private static final String GOOD = "good";

    private final GvdbBuilder builder = new GvdbBuilder();

    /** Reads the builder's file with one good entry more, which must be there; the answer is the only sentence about the others. */
    private String onlyComplaint() throws Exception {
        StockTable read = StockTable.read("t", builder.entry(GOOD, "y", 7).build());
        assertEquals(List.of(GOOD), read.entries().stream().map(StockEntry::id).toList());
        assertEquals(
                "{\"type\":\"y\",\"value\":7}",
                TypedJson.toJson(read.entries().getFirst().data()).toString());
        assertEquals(1, read.skipped().size(), () -> read.skipped().toString());
        return read.skipped().getFirst();
    }

    private static void assertUnreadable(String why, byte[] file) {
        String message = String.valueOf(assertThrows(GvdbException.class, () -> StockTable.read("devices", file))
                .getMessage());
        assertTrue(message.startsWith("the stock store's table \"devices\" cannot be read: "), message);
        assertTrue(message.contains(why), message);
    }

    @Test
    void whatIsNoTableIsRefusedAndTold() {
        assertUnreadable("is empty", new byte[0]);
        assertUnreadable("has 10 bytes", new byte[10]);
        assertUnreadable("does not begin", "SQLite format 3, and then something".getBytes(StandardCharsets.US_ASCII));
        byte[] file = builder.entry(GOOD, "y", 7).build();
        byte[] big = file.clone();
        System.arraycopy("raVGtnai".getBytes(StandardCharsets.US_ASCII), 0, big, 0, 8);
        assertUnreadable("big-endian", big);
        byte[] next = file.clone();
        next[8] = 1;
        assertUnreadable("unknown GVDB version 1", next);
        assertUnreadable("another program", new GvdbBuilder().name("apps").build());
        byte[] buckets = file.clone();
        buckets[28] = (byte) 200;
        assertUnreadable("own table has sizes that do not fit", buckets);
    }

    @Test
    void aFileThatWasCutIsRefused() throws Exception {
        byte[] file = builder.entry(GOOD, "y", 7).entry("other", "s", 'x', 0).build();
        assertEquals(2, StockTable.read("t", file).entries().size());
        // The table of entries is at the end of this file.
        for (int length = 0; length < file.length; length++) {
            assertUnreadable("", Arrays.copyOf(file, length));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "", textBlock = """
            ms        | 120 0 0         | D-Bus has no type 'ms'
            my        | 1               | D-Bus has no type 'my'
            a(smi)    | 0               | D-Bus has no type 'a(smi)'
            ()        | 0               | D-Bus has no type '()'
            {sv}      | 0               | D-Bus has no type '{sv}'
            r         | 0               | D-Bus has no type 'r'
            ss        | 0               | D-Bus has no type 'ss'
            h         | 0 0 0 0         | file descriptor
            ah        | 0 0 0 0         | file descriptor
            (yh)      | 0 0 0 0 0 0 0 0 | file descriptor
            b         | 2               | type 'b' is damaged
            y         | 1 2             | type 'y' is damaged
            u         | 1 2             | type 'u' is damaged
            s         | 120             | type 's' is damaged
            s         | 0 120 0         | NUL
            s         | 255 0           | UTF-8
            s         | 237 160 128 0   | UTF-8
            o         | 120 0           | object path
            g         | 122 122 0       | signature
            ai        | 1 2 3 4 5       | type 'ai' is damaged
            a(yi)     | 1 0 0 0 1 0 0 0 1 0 0 0 | type 'a(yi)' is damaged
            as        | 120 0 9         | type 'as' is damaged
            as        | 120 0 0         | type 'as' is damaged
            as        | 120 0 120 0 2 1 4 | type 'as' is damaged
            as        | 120 0 120 0 1 4 | type 's' is damaged
            (ss)      | 120 0 120 0 9   | type '(ss)' is damaged
            (sy)      | 120 0 1 1 2     | type '(sy)' is damaged
            (yi)      | 1 0 0 0 1 0 0   | type '(yi)' is damaged
            (sss)     | 120 0 120 0 120 0 2 4 | type '(sss)' is damaged
            a{sy}     | 120 0 1 2       | type '{sy}' is damaged
            v         | 1 121           | type of a variant is missing
            v         | 120 0 0 109 115 | D-Bus has no type 'ms'
            """)
    void dataThatDBusDoesNotHaveIsLeftOut(String type, String bytes, String why) throws Exception {
        int[] data = Arrays.stream(bytes.split(" ")).mapToInt(Integer::parseInt).toArray();
        String complaint = onlyComplaint(type, data);
        assertTrue(complaint.startsWith("entry \"bad\" was left out: "), complaint);
        assertTrue(complaint.contains(why), complaint);
    }

    private String onlyComplaint(String type, int... data) throws Exception {
        builder.entry("bad", type, data);
        return onlyComplaint();
    }

    @Test
    void typesAndDepthAreBounded() throws Exception {
        assertTrue(onlyComplaint("y".repeat(300)).contains("longer than 255"));
    }

    @Test
    void variantsDeeperThanDBusAllowsAreLeftOut() throws Exception {
        byte[] nested = join(7, 0, "y");
        for (int depth = 1; depth <= 63; depth++) {
            nested = join(nested, 0, "v");
        }
        builder.item("deepest", builder.value(GvdbBuilder.entry(nested, new byte[0])));
        assertEquals(1, StockTable.read("t", builder.build()).entries().size());
        var deeper = new GvdbBuilder();
        deeper.item("deeper", deeper.value(GvdbBuilder.entry(join(nested, 0, "v"), new byte[0])));
        assertTrue(StockTable.read("t", deeper.build()).skipped().getFirst().contains("deeper than 64"));
    }

    @Test
    void anEntryOfAnotherTypeIsLeftOut() throws Exception {
        builder.item("bad", builder.value(join("x", 0, 0, "s")));
        assertTrue(onlyComplaint().contains("no pair of data and permissions"));
    }

    @Test
    void anApplicationWithTwoListsIsLeftOut() throws Exception {
        // {sas} twice: key, no list, the key's end; then the ends of both entries.
        byte[] twice = join("a", 0, 2, "a", 0, 2, 3, 6);
        builder.item("bad", builder.value(GvdbBuilder.entry(join(0, 0, "y"), twice)));
        assertTrue(onlyComplaint().contains("two lists"));
    }

    @Test
    void itemsThatAreNoEntriesAreLeftOut() throws Exception {
        var place = builder.value(GvdbBuilder.entry(join(0, 0, "y"), new byte[0]));
        byte[] key = join("k");
        byte[] notText = join(255);
        builder.item(key, hash(key) + 1, -1, 'v', place)
                .item(key, hash(key), 0, 'v', place)
                .item(notText, hash(notText), -1, 'v', place)
                .item("outside", new GvdbBuilder.Place(0, Integer.MAX_VALUE))
                .item("backwards", new GvdbBuilder.Place(64, 56))
                .item("crooked", new GvdbBuilder.Place(place.start() + 1, place.end()))
                .item("empty", new GvdbBuilder.Place(64, 64))
                .item(key, hash(key), -1, 'H', place)
                .item("\u0007\u001b[2J" + "x".repeat(100), new GvdbBuilder.Place(1, 0))
                .entry(GOOD, "y", 7)
                .entry(GOOD, "y", 8);
        StockTable read = StockTable.read("t", builder.build());
        assertEquals(1, read.entries().size());
        assertEquals(
                List.of(
                        "entry number 0 was left out: its id is damaged, or had more than 65535 bytes and was cut",
                        "entry number 1 was left out: its id continues another one, as the stock store's never do",
                        "entry number 2 was left out: a text is not UTF-8",
                        "entry \"outside\" was left out: its value would lie outside the file",
                        "entry \"backwards\" was left out: its value would lie outside the file",
                        "entry \"crooked\" was left out: its value would lie outside the file",
                        "entry \"empty\" was left out: the type of a variant is missing or longer than 255 bytes",
                        "entry \"k\" was left out: it is no value",
                        "entry \"\ufffd\ufffd[2J" + "x".repeat(75)
                                + "…\" was left out: its value would lie outside the file",
                        "entry \"good\" was left out: another entry has the same id"),
                read.skipped());
    }

    @Test
    void manyEntriesAtOneLongValueCostNoMoreThanTheFile() throws Exception {
        byte[] megabyte = new byte[1 << 20];
        Arrays.fill(megabyte, (byte) 'x');
        var place = builder.value(GvdbBuilder.entry(join(megabyte, 0, 0, "s"), new byte[0]));
        for (int i = 0; i < 100_000; i++) {
            builder.item("id" + i, place);
        }
        StockTable read = StockTable.read("t", builder.build());
        assertTrue(read.entries().size() < 10, () -> read.entries().size() + " entries");
        assertEquals(StockTable.MAX_NAMED + 1, read.skipped().size());
        assertTrue(read.skipped().getFirst().contains("belong to other entries"));
        assertTrue(read.skipped().getLast().matches("9\\d+ more entries were left out"), read.skipped()::getLast);
    }
}
