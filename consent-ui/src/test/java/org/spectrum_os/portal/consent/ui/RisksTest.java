// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.ui.Risks.Risk;

class RisksTest {
    private static final Purpose FOLDERS = new Purpose.OpenFolders(true);
    private static final Purpose FILES = new Purpose.OpenFiles(true);
    private static final Purpose SAVE = new Purpose.SaveFile("");
    private static final Purpose SAVE_ALL = new Purpose.SaveFiles(List.of("a"));

    @TempDir
    private Path above;

    private Path home = Path.of("/");
    private Risks risks = new Risks(home, List.of());

    @BeforeEach
    void aHome() throws IOException {
        home = Files.createDirectories(above.resolve("home/ada"));
        Files.createDirectories(home.resolve("Documents/Holiday"));
        Files.createDirectories(home.resolve(".ssh"));
        Files.createDirectories(home.resolve(".config/spectrum-portal"));
        risks = new Risks(
                home, List.of(home.resolve(".config/spectrum-portal"), home.resolve(".local/state/spectrum-portal")));
    }

    private Optional<Risk> of(Purpose purpose, Path... paths) {
        return risks.of(purpose, List.of(paths).stream().map(Path::toString).toList());
    }

    @Test
    void aFolderThatHoldsTheHomeIsSaidToDoSo() {
        assertEquals(Optional.of(Risk.HOME), of(FOLDERS, home));
        assertEquals(Optional.of(Risk.ABOVE_HOME), of(FOLDERS, above));
        assertEquals(Optional.of(Risk.ROOT), of(FOLDERS, Path.of("/")));
        assertEquals(Optional.empty(), of(FOLDERS, home.resolve("Documents")));
        assertEquals(Optional.of(Risk.HOME), of(FOLDERS, home.resolve("Documents"), home));
    }

    @Test
    void aLinkToTheHomeIsTheHome() throws IOException {
        Path link = Files.createSymbolicLink(above.resolve("innocent"), home);
        assertEquals(Optional.of(Risk.HOME), of(FOLDERS, link));
        assertEquals(Optional.of(Risk.HOME), of(FOLDERS, home.resolve("Documents/..")));
    }

    @Test
    void thePortalsOwnFoldersAreKnownFromAboveAndFromWithin() {
        assertEquals(Optional.of(Risk.OWN), of(FOLDERS, home.resolve(".config")));
        assertEquals(Optional.of(Risk.OWN), of(FOLDERS, home.resolve(".local/state")), "not there yet");
        assertEquals(Optional.of(Risk.OWN), of(FILES, home.resolve(".config/spectrum-portal/policy.json")));
        assertEquals(Optional.of(Risk.OWN), of(SAVE, home.resolve(".config/spectrum-portal/policy.json")));
        assertEquals(Optional.of(Risk.OWN), of(SAVE_ALL, home.resolve(".config/spectrum-portal")));
    }

    @Test
    void hiddenThingsOfTheHomeAreSettings() {
        assertEquals(Optional.of(Risk.HIDDEN), of(FOLDERS, home.resolve(".ssh")));
        assertEquals(Optional.of(Risk.HIDDEN), of(FILES, home.resolve(".ssh/id_ed25519")));
        assertEquals(Optional.of(Risk.HIDDEN), of(SAVE, home.resolve(".bashrc")));
        assertEquals(Optional.empty(), of(FILES, home.resolve("Documents/a.txt")));
    }

    @Test
    void savingAFileInTheHomeIsOrdinary() {
        assertEquals(Optional.empty(), of(SAVE, home.resolve("report.odt")));
        assertEquals(Optional.empty(), of(SAVE_ALL, home));
        assertEquals(Optional.empty(), of(SAVE_ALL));
    }

    @Test
    void everyRiskHasWordsOfItsOwn() {
        assertEquals(
                Risk.values().length,
                List.of(Risk.values()).stream().map(Wording::warning).distinct().count());
    }

    @Test
    void theHomeIsCalledSo() {
        assertEquals("your home folder", risks.nameOf(home.toString()));
        assertEquals("Documents", risks.nameOf(home.resolve("Documents").toString()));
        assertEquals("/", risks.nameOf("/"));
    }
}
