// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.store.json.RandomValues;
import org.spectrum_os.portal.store.json.TypedJson;

/** Files that Debian's own service writes, compared with what it says of them. */
@Timeout(120)
class StockTableTest {
    private static final ObjectMapper JSON = TypedJson.mapper();

    @TempDir
    Path data;

    private StockService stock;

    @BeforeEach
    void start() throws Exception {
        stock = new StockService(data);
    }

    @AfterEach
    void end() throws Exception {
        stock.close();
    }

    private static MarshalledValue value(String json) throws Exception {
        return TypedJson.fromJson(JSON.readTree(json));
    }

    /** Reads the table's file and compares each entry with the service's. */
    private StockTable compare(String table) throws Exception {
        StockTable read = StockTable.read(table, Files.readAllBytes(stock.file(table)));
        assertEquals(List.of(), read.skipped());
        assertEquals(
                stock.list(table).stream().sorted().toList(),
                read.entries().stream().map(StockEntry::id).sorted().toList());
        for (StockEntry entry : read.entries()) {
            StockEntry said = stock.lookup(table, entry.id());
            assertEquals(said.data(), entry.data(), entry.id());
            // The service does not show applications whose list is empty.
            SortedMap<String, List<String>> shown = new TreeMap<>(entry.permissions());
            shown.values().removeIf(List::isEmpty);
            assertEquals(said.permissions(), shown, entry.id());
        }
        return read;
    }

    @Test
    void dataOfEveryKind() throws Exception {
        List<String> kinds = List.of(
                "{'type':'y','value':0}",
                "{'type':'b','value':true}",
                "{'type':'d','value':'0x7ff4000000000001'}",
                "{'type':'s','value':''}",
                "{'type':'o','value':'/'}",
                "{'type':'g','value':''}",
                "{'type':'ay','value':''}",
                "{'type':'as','value':[]}",
                "{'type':'as','value':['','a','']}",
                "{'type':'aas','value':[[],[],['x']]}",
                "{'type':'ax','value':[1,-1]}",
                "{'type':'a(yx)','value':[[1,2],[3,4]]}",
                "{'type':'a(xy)','value':[[1,2],[3,4]]}",
                "{'type':'(y)','value':[1]}",
                "{'type':'(ys)','value':[1,'x']}",
                "{'type':'(sys)','value':['x',1,'y']}",
                "{'type':'(sxsq)','value':['x',1,'y',2]}",
                "{'type':'((yx)y)','value':[[1,2],3]}",
                "{'type':'(asasas)','value':[[],[],[]]}",
                "{'type':'a{sv}','value':{'always-ask':{'type':'b','value':true}}}",
                "{'type':'a{us}','value':[[1,'x'],[2,'']]}",
                "{'type':'a{yy}','value':[[1,2]]}",
                "{'type':'av','value':[{'type':'av','value':[]},{'type':'v','value':{'type':'t','value':1}}]}",
                "{'type':'(suv)','value':['session',1,{'type':'(uu)','value':[1,2]}]}",
                "{'type':'(ayttu)','value':['L2hvbWU=',1,2,3]}");
        for (String kind : kinds) {
            stock.set("kinds", StockService.entry(kind, value(kind.replace('\'', '"'))));
        }
        stock.await();
        StockTable read = compare("kinds");
        assertEquals(kinds.size(), read.entries().size());
        for (StockEntry entry : read.entries()) {
            assertEquals(value(entry.id().replace('\'', '"')), entry.data());
        }
    }

    @Test
    void randomData() throws Exception {
        var values = new RandomValues(new Random(7));
        Map<String, MarshalledValue> written = new TreeMap<>();
        for (int i = 0; i < 2000; i++) {
            MarshalledValue value = values.next();
            written.put("id" + i, value);
            stock.set("random", StockService.entry("id" + i, value));
        }
        stock.await();
        for (StockEntry entry : compare("random").entries()) {
            assertEquals(written.get(entry.id()), entry.data());
        }
    }

    @Test
    void applicationsAndLists() throws Exception {
        SortedMap<String, List<String>> many = new TreeMap<>();
        for (int i = 0; i < 3000; i++) {
            many.put("org.example.App" + i, Collections.nCopies(i % 4, "yes"));
        }
        MarshalledValue none = value("{\"type\":\"y\",\"value\":0}");
        stock.set("apps", new StockEntry("many", none, many));
        stock.set("apps", new StockEntry("nobody", none, new TreeMap<>()));
        SortedMap<String, List<String>> odd = new TreeMap<>(Map.of(
                "",
                List.of("", "b", "a", "b"),
                "\u00e4\ud83d\ude00",
                List.of("\u2028", "\n"),
                "a b/..",
                List.of("no")));
        stock.set("apps", new StockEntry("odd", none, odd));
        stock.await();
        for (StockEntry entry : compare("apps").entries()) {
            assertEquals(
                    switch (entry.id()) {
                        case "many" -> many;
                        case "odd" -> odd;
                        default -> new TreeMap<>();
                    },
                    entry.permissions());
        }
    }

    @Test
    void awkwardIdsAndBigEntries() throws Exception {
        MarshalledValue none = value("{\"type\":\"y\",\"value\":0}");
        for (String id : RandomValues.AWKWARD) {
            stock.set("ids", StockService.entry(id, none));
        }
        String longest = "\u00e4".repeat(30_000);
        stock.set("ids", StockService.entry(longest, none));
        var out = new MarshalWriter();
        int array = out.beginArray("y");
        byte[] bytes = new byte[1 << 20];
        new Random(8).nextBytes(bytes);
        out.writeBytes(bytes);
        out.endArray(array);
        stock.set("ids", StockService.entry("big", MarshalledValue.of("ay", out.toByteArray())));
        // Offsets of two bytes and of four.
        stock.set("ids", StockService.entry("texts", strings(1000)));
        stock.set("ids", StockService.entry("more texts", strings(20_000)));
        stock.await();
        StockTable read = compare("ids");
        assertEquals(RandomValues.AWKWARD.size() + 4, read.entries().size());
        assertTrue(read.entries().stream().anyMatch(entry -> entry.id().equals(longest)));
    }

    private static MarshalledValue strings(int count) throws Exception {
        var out = new MarshalWriter();
        String[] texts = new String[count];
        Arrays.setAll(texts, i -> "text " + i);
        out.writeStrings(List.of(texts));
        return MarshalledValue.of("as", out.toByteArray());
    }

    @Test
    void nestedAsDeepAsTheBusCarries() throws Exception {
        // The variant of the call itself, and libdbus's bound of 64 in all.
        String deep = "{\"type\":\"v\",\"value\":".repeat(60) + "{\"type\":\"y\",\"value\":1}" + "}".repeat(60);
        stock.set("deep", StockService.entry("deep", value(deep)));
        stock.await();
        assertEquals(value(deep), compare("deep").entries().getFirst().data());
    }

    @Test
    void anIdThatTheServiceCutsIsNamedAndTheOthersAreKept() throws Exception {
        MarshalledValue none = value("{\"type\":\"y\",\"value\":0}");
        stock.set("cut", StockService.entry("x".repeat(65_536 + 3), none));
        stock.set("cut", StockService.entry("kept", none));
        stock.await();
        StockTable read = StockTable.read("cut", Files.readAllBytes(stock.file("cut")));
        assertEquals(
                List.of("kept"), read.entries().stream().map(StockEntry::id).toList());
        assertEquals(1, read.skipped().size());
        assertTrue(read.skipped().getFirst().contains("more than 65535 bytes"), read.skipped()::getFirst);
    }

    @Test
    void fiveThousandEntries() throws Exception {
        var values = new RandomValues(new Random(9));
        for (int i = 0; i < 5000; i++) {
            SortedMap<String, List<String>> permissions = new TreeMap<>();
            for (int app = i % 3; app >= 0; app--) {
                permissions.put("org.example.App" + (i + app), List.of("yes", values.text()));
            }
            stock.set("many", new StockEntry("entry/" + i, values.next("(suv)"), permissions));
        }
        stock.await();
        StockTable read = compare("many");
        assertEquals(5000, read.entries().size());
        assertFalse(read.entries().getFirst().permissions().isEmpty());
    }
}
