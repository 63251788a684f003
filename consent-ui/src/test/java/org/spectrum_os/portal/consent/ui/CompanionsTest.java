// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompanionsTest {
    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        return Files.writeString(folder.resolve(name), name);
    }

    @Test
    void subtitlesGoWithAFilm() throws IOException {
        Path film = file("movie.mkv");
        file("movie.srt");
        file("movie.en.srt");
        file("movie2.srt");
        file("a movie.srt");
        file("movie");
        file("Movie.srt");
        assertEquals(new Companions.Found(List.of("movie.en.srt", "movie.srt"), 0), Companions.of(film));
    }

    @Test
    void theFolderOfAPageGoesWithItAndNoOther() throws IOException {
        Path page = file("page.html");
        Files.createDirectory(folder.resolve("page_files"));
        Files.createDirectory(folder.resolve("page"));
        Files.createDirectory(folder.resolve("page.old"));
        assertEquals(List.of("page_files"), Companions.of(page).names());
    }

    @Test
    void linksPipesAndNamesThatDeceiveGoWithNothing() throws Exception {
        Path film = file("movie.mkv");
        Files.createSymbolicLink(folder.resolve("movie.srt"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(folder.resolve("movie_files"), Path.of("/etc"));
        file("movie.\u202etxt");
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", folder.resolve("movie.pipe").toString())
                        .start()
                        .waitFor());
        assertEquals(Companions.Found.NONE, Companions.of(film));
    }

    @Test
    void atMostSixtyThreeAreOfferedAndTheRestIsCounted() throws IOException {
        Path song = file("song.ogg");
        for (int i = 0; i < 70; i++) {
            file("song.%02d.lrc".formatted(i));
        }
        Companions.Found found = Companions.of(song);
        assertEquals(63, found.names().size());
        assertEquals("song.62.lrc", found.names().getLast());
        assertEquals(7, found.more());
        assertEquals("Also lend what goes _with it (63, of 70):", Wording.companions(found));
    }

    @Test
    void aFolderThatCannotBeReadHoldsNothing() {
        assertEquals(Companions.Found.NONE, Companions.of(folder.resolve("absent/movie.mkv")));
        assertEquals(Companions.Found.NONE, Companions.of(Path.of("/")));
    }

    @ParameterizedTest
    @CsvSource({
        "archive.tar.gz, archive.tar.gz.sig, true",
        "archive.tar.gz, archive.zip, false",
        "Makefile, Makefile.am, true",
        ".bashrc, .bashrc.old, true",
        ".bashrc, .profile, false",
        "a.b, a.b, false"
    })
    void theStemIsTheNameWithoutItsLastExtension(String name, String other, boolean goes) {
        assertEquals(goes, Companions.isOne(name, other, false));
    }

    @Test
    void onlyFoldersOfKnownEndsGo() {
        assertTrue(Companions.isOne("page.html", "page_files", true));
        assertFalse(Companions.isOne("page.html", "page_files", false));
        assertFalse(Companions.isOne("page.html", "page.html", true));
    }
}
