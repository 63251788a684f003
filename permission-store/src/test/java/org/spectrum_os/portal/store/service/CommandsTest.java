// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** The command line, as a process, with tables that the real stock service has written. */
class CommandsTest {
    @TempDir
    private Path folder;

    private final PrivateBus bus;
    private final StoreClient client;

    CommandsTest() throws Exception {
        bus = PrivateBus.start();
        client = StoreClient.connect(bus);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        bus.close();
    }

    private Path state() {
        return folder.resolve("state");
    }

    private PrivateBus.Finished run(String... arguments) throws Exception {
        var words = new ArrayList<>(StoreProcess.command(arguments));
        return bus.run(words.toArray(String[]::new));
    }

    private PrivateBus.Finished runHere(String... arguments) throws Exception {
        var words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("--state", state().toString()));
        return run(words.toArray(String[]::new));
    }

    /** What the stock service leaves on the disk, with one damaged table more. */
    private Path stockTables() throws Exception {
        Path home = Files.createDirectory(folder.resolve("home"));
        try (var _ = StoreProcess.startStock(bus, home)) {
            client.allow("devices", "camera", "org.example.A", "yes");
            client.call(
                    "Set",
                    "notifications",
                    true,
                    "notification",
                    Map.of("org.example.A", List.of("no"), "", List.of("yes", "yes")),
                    Variants.of("(sdv)", List.of("x", -0.0, Variants.of("at", List.of(1, 2)))));
            client.allow("notifications", "other", "org.example.B", "ask");
        }
        Path tables = home.resolve("flatpak/db");
        Files.writeString(tables.resolve("broken"), "no table");
        return tables;
    }

    private void assertTaken() throws Exception {
        assertEquals(List.of("yes"), client.strings("GetPermission", "devices", "camera", "org.example.A"));
        var found = client.lookup("notifications", "notification");
        assertEquals("(sdv)", found.type());
        assertEquals(List.of("yes", "yes"), found.permissions().get(""));
    }

    @Test
    void importTakesTheTablesOverWithoutTheService() throws Exception {
        Path tables = stockTables();
        byte[] before = Files.readAllBytes(tables.resolve("notifications"));
        var dry = runHere("import", "--from", tables.toString(), "--dry-run");
        assertEquals(1, dry.exitCode());
        assertTrue(dry.output().contains("devices: 1 would be taken over"), dry.output());
        assertFalse(Files.exists(state()));
        var finished = runHere("import", "--from", tables.toString());
        assertEquals(1, finished.exitCode(), finished.errors());
        assertEquals("devices: 1 taken over\nnotifications: 2 taken over\n", finished.output());
        assertTrue(
                finished.errors().contains(tables.resolve("broken") + ": left out, it is damaged"), finished.errors());
        assertEquals(1, finished.errors().lines().count(), finished.errors());
        assertEquals(-1, java.util.Arrays.mismatch(before, Files.readAllBytes(tables.resolve("notifications"))));
        try (var _ = StoreProcess.start(bus, state())) {
            assertTaken();
        }
    }

    @Test
    void importThroughTheServiceKeepsWhatIsThere() throws Exception {
        Path tables = stockTables();
        Files.delete(tables.resolve("broken"));
        try (var _ = StoreProcess.start(bus, state())) {
            client.allow("notifications", "other", "org.example.B", "mine");
            var kept = runHere("import", "--from", tables.toString());
            assertEquals(0, kept.exitCode(), kept.errors());
            assertEquals(
                    "devices: 1 taken over\nnotifications: 1 taken over, 1 kept as they are here\n", kept.output());
            assertEquals(List.of("mine"), client.strings("GetPermission", "notifications", "other", "org.example.B"));
            assertTaken();
            var all = runHere("import", "--overwrite", "--from", tables.toString());
            assertEquals("devices: 1 taken over\nnotifications: 2 taken over\n", all.output());
            assertEquals(List.of("ask"), client.strings("GetPermission", "notifications", "other", "org.example.B"));
        }
    }

    @Test
    void exportPrintsWhatIsThereWhileTheServiceWrites() throws Exception {
        try (var _ = StoreProcess.start(bus, state())) {
            client.allow("t", "a\n", "org.example.App", "yes");
            client.allow("u", "b", "", "no");
            for (String table : List.of("t", "")) {
                var finished = table.isEmpty() ? runHere("export") : runHere("export", "--table", table);
                assertEquals(0, finished.exitCode(), finished.errors());
                JsonNode json = new ObjectMapper().readTree(finished.output());
                assertEquals("spectrum-portal-export", json.get("format").textValue());
                assertEquals(1, json.get("version").intValue());
                assertEquals(table.isEmpty() ? 2 : 1, json.get("tables").size());
                JsonNode entry = json.at("/tables/t/a\n");
                assertEquals("y", entry.at("/data/type").textValue());
                assertEquals(
                        "yes", entry.at("/permissions/org.example.App/access/0").textValue());
            }
            assertEquals(1, runHere("export", "--table", "none").exitCode());
        }
    }

    @Test
    void listAndRevoke() throws Exception {
        try (var _ = StoreProcess.start(bus, state())) {
            client.allow("t", "id", "org.example.App", "yes", "no");
            client.allow("t", "\u001b[31m", "other", "yes");
            assertEquals(
                    "t\tid\torg.example.App\tyes no\tnever\n",
                    run("list", "--app", "org.example.App").output());
            var all = run("list");
            assertTrue(all.output().contains("t\t\uFFFD[31m\tother\tyes\tnever\n"), all.output() + all.errors());
            assertEquals(
                    "1 permission ended\n", run("revoke", "org.example.App").output());
            var again = run("revoke", "org.example.App");
            assertEquals(1, again.exitCode());
            assertTrue(again.errors().contains("has no permission here"), again.errors());
        }
    }

    @Test
    void wrongCommandLinesAreSentences() throws Exception {
        assertEquals(2, run("--colour").exitCode());
        assertEquals(0, run("--version").exitCode());
        var help = run("--help");
        assertTrue(help.output().contains("Exit status:") && help.output().contains("--replace"), help.output());
        var relative = run("--state", "some/where");
        assertEquals(1, relative.exitCode());
        assertTrue(relative.errors().contains("--state \"some/where\" is a relative path"), relative.errors());
        assertThrows(StopException.class, () -> StateOption.stateFolder(null, Map.of()));
        assertThrows(StopException.class, () -> StateOption.stateFolder(null, Map.of("XDG_STATE_HOME", "x")));
        assertEquals(Path.of("/h/.local/state/spectrum-portal"), StateOption.stateFolder(null, Map.of("HOME", "/h")));
        var nothing = runHere("export");
        assertEquals(1, nothing.exitCode());
        assertTrue(nothing.errors().contains("there is no store in"), nothing.errors());
    }
}
