// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.consent.contract.FileAccess;
import org.spectrum_os.portal.consent.contract.FromWindow.Companion;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile.Kind;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.Terms;

class PickingTest {
    @TempDir
    private Path folder;

    private static final Purpose FILE = new Purpose.OpenFiles(false);
    private static final Purpose FILES = new Purpose.OpenFiles(true);
    private static final Purpose FOLDERS = new Purpose.OpenFolders(true);
    private static final Purpose SAVE = new Purpose.SaveFile("report.odt");
    private static final Terms CHANGE = new Terms(FileAccess.WRITE, new LoanTime.Stopped());

    private static Picking.Result pick(List<String> paths, boolean multiple) {
        return pick(multiple ? FILES : FILE, Terms.LEAST, paths);
    }

    private static Picking.Result pick(Purpose purpose, Terms terms, List<String> paths, String... companions) {
        return Picking.pick(purpose, new Selection(paths, List.of(companions), List.of(), null, terms));
    }

    private static List<PickedFile> files(Picking.Result result) {
        return assertInstanceOf(Picking.Result.Files.class, result).files();
    }

    private static String refusal(Picking.Result result) {
        return assertInstanceOf(Picking.Result.Refused.class, result).why();
    }

    private Path file(String name) throws IOException {
        return Files.writeString(folder.resolve(name), name);
    }

    @Test
    void aFileIsPickedWithItsIdentity() throws IOException {
        Path file = file("Ünïcode & \"quotes\" 100%.txt");
        PickedFile picked = files(pick(List.of(file.toString()), false)).getFirst();
        assertEquals(file.toRealPath().toString(), picked.path());
        assertEquals(((Number) Files.getAttribute(file, "unix:ino")).longValue(), picked.inode());
        long device = ((Number) Files.getAttribute(file, "unix:dev")).longValue();
        long major = (device >> 8 & 0xfff) | (device >> 32 & ~0xfffL);
        long minor = (device & 0xff) | (device >> 12 & ~0xffL);
        assertEquals(major << 32 | (minor & 0xffffffffL), picked.device());
    }

    @Test
    void linksAreFollowedAndTheSameFileIsPickedOnce() throws IOException {
        Path file = file("real");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        List<PickedFile> picked = files(pick(List.of(link.toString(), file.toString()), true));
        assertEquals(
                List.of(file.toRealPath().toString()),
                picked.stream().map(PickedFile::path).toList());
    }

    @Test
    void whatIsNoFileIsRefusedInWords() throws IOException {
        Path folderInside = Files.createDirectory(folder.resolve("Pictures"));
        assertEquals(
                "“Pictures” is a folder, and a file was asked for. Choose a file.",
                refusal(pick(List.of(folderInside.toString()), false)));
        assertEquals(
                "“absent” is not there any more. Choose another file.",
                refusal(pick(List.of(folder.resolve("absent").toString()), false)));
        assertEquals(
                "“null” is not an ordinary file, and only such can be lent. Choose a file.",
                refusal(pick(List.of("/dev/null"), false)));
        assertEquals("No file is chosen. Choose one, or deny.", refusal(pick(List.of(), true)));
        assertTrue(refusal(pick(List.of("/a\0b"), false)).contains("cannot be lent"));
    }

    @Test
    void oneRefusalRefusesAll() throws IOException {
        refusal(pick(List.of(file("good").toString(), folder.toString()), true));
        refusal(pick(List.of(file("one").toString(), file("two").toString()), false));
        refusal(pick(Collections.nCopies(257, file("many").toString()), true));
    }

    private long inode(Path path) throws IOException {
        return ((Number) Files.getAttribute(path, "unix:ino")).longValue();
    }

    @Test
    void foldersArePickedAsSuch() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("Holiday"));
        PickedFile picked =
                files(pick(FOLDERS, CHANGE, List.of(inside.toString()))).getFirst();
        assertEquals(Kind.FOLDER, picked.kind());
        assertEquals(inode(inside), picked.inode());
        assertEquals(
                "“a” is no folder, and a folder was asked for. Choose a folder.",
                refusal(pick(FOLDERS, CHANGE, List.of(file("a").toString()))));
        assertEquals("No folder is chosen. Choose one, or deny.", refusal(pick(FOLDERS, CHANGE, List.of())));
    }

    @Test
    void companionsAreOfTheSameFolderAndKnownByTheirIdentity() throws IOException {
        Path page = file("page.html");
        Path parts = Files.createDirectory(folder.resolve("page_files"));
        Path style = file("page.css");
        PickedFile picked = files(pick(FILE, CHANGE, List.of(page.toString()), "page_files", "page.css"))
                .getFirst();
        assertEquals(
                List.of(
                        new Companion("page_files", Kind.FOLDER, picked.device(), inode(parts)),
                        new Companion("page.css", Kind.FILE, picked.device(), inode(style))),
                picked.companions());
        assertEquals(
                "“page.js” is not there any more. Choose another file.",
                refusal(pick(FILE, CHANGE, List.of(page.toString()), "page.js")));
        Files.createSymbolicLink(folder.resolve("page.ico"), page);
        assertEquals(
                "“page.ico” cannot be opened. Choose another file.",
                refusal(pick(FILE, CHANGE, List.of(page.toString()), "page.ico")));
    }

    @Test
    void aNewFileIsKnownByItsFolder() throws IOException {
        PickedFile picked = files(
                        pick(SAVE, CHANGE, List.of(folder.resolve("new.odt").toString())))
                .getFirst();
        assertEquals(Kind.NEW, picked.kind());
        assertEquals(folder.toRealPath().resolve("new.odt").toString(), picked.path());
        assertEquals(inode(folder), picked.inode());
    }

    @Test
    void aFileThatIsThereIsKnownByItselfAlsoThroughALink() throws IOException {
        Path there = file("there.odt");
        Path link = Files.createSymbolicLink(folder.resolve("link.odt"), there);
        PickedFile picked = files(pick(SAVE, CHANGE, List.of(link.toString()))).getFirst();
        assertEquals(Kind.FILE, picked.kind());
        assertEquals(there.toRealPath().toString(), picked.path());
        assertEquals(inode(there), picked.inode());
    }

    @Test
    void whatCannotBeSavedIsRefusedInWords() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("Pictures"));
        Path loose = Files.createSymbolicLink(folder.resolve("loose"), Path.of("absent"));
        assertEquals(
                "“Pictures” is a folder. Type another name, or open the folder.",
                refusal(pick(SAVE, CHANGE, List.of(inside.toString()))));
        assertEquals(
                "“loose” is a link that leads nowhere. Type another name.",
                refusal(pick(SAVE, CHANGE, List.of(loose.toString()))));
        assertEquals(
                "“a” is in a folder that is not there. Choose another folder.",
                refusal(pick(SAVE, CHANGE, List.of(folder.resolve("gone/a").toString()))));
        assertTrue(refusal(pick(
                        SAVE, CHANGE, List.of(folder.resolve("x".repeat(256)).toString())))
                .contains("too long"));
        assertTrue(refusal(pick(SAVE, CHANGE, List.of(folder.resolve("a\u202eb").toString())))
                .contains("invisible"));
        assertEquals("The file has no name yet. Type one, or deny.", refusal(pick(SAVE, CHANGE, List.of())));
    }

    @Test
    void severalFilesGetNamesThatAreFree() throws IOException {
        file("report.odt");
        file("report (1).odt");
        Purpose save = new Purpose.SaveFiles(List.of("report.odt", "a.txt", "report (2).odt"));
        List<PickedFile> picked = files(pick(save, CHANGE, List.of(folder.toString())));
        assertEquals(
                List.of("report (3).odt", "a.txt", "report (2).odt"),
                picked.stream().map(PickedFile::name).toList());
        assertTrue(picked.stream().allMatch(file -> file.kind() == Kind.NEW));
        refusal(pick(save, CHANGE, List.of(folder.resolve("absent").toString())));
        refusal(pick(save, CHANGE, List.of()));
    }
}
