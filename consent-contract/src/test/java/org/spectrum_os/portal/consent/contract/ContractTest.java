// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.consent.contract.FileQuestion.ChoiceRow;
import org.spectrum_os.portal.consent.contract.FileQuestion.FilterRow;
import org.spectrum_os.portal.consent.contract.FileQuestion.OptionRow;
import org.spectrum_os.portal.consent.contract.FromWindow.Chosen;
import org.spectrum_os.portal.consent.contract.FromWindow.Companion;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedChoice;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile.Kind;
import org.spectrum_os.portal.consent.contract.ToWindow.Show;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Untrusted;

class ContractTest {
    private static final FileQuestion QUESTION = new FileQuestion(
            claim("org.example.Mail"),
            claim("Attach a \"file\" \\ <b>now</b>"),
            new Purpose.OpenFiles(false),
            List.of(
                    new FilterRow(claim("Pictures"), List.of("*.png", "*.jpg"), List.of("image/*")),
                    new FilterRow(claim("All"), List.of("*"), List.of())),
            1,
            List.of(
                    new ChoiceRow("zip", claim("Compress"), List.of(), "true"),
                    new ChoiceRow(
                            "encoding",
                            claim("Encoding"),
                            List.of(new OptionRow("utf8", claim("Unicode")), new OptionRow("latin", claim("Latin"))),
                            "utf8")),
            claim("Documents"));

    private static final Chosen ANSWER = new Chosen(
            7,
            List.of(new PickedFile(
                    "/home/u/Ünïcode & \"quotes\" 100%.txt\n",
                    Kind.FILE,
                    0x0000_0008_0000_0001L,
                    42,
                    List.of(new Companion("page_files", Kind.FOLDER, 1, 2), new Companion("a.srt", Kind.FILE, 1, 3)))),
            List.of(new PickedChoice("zip", "false"), new PickedChoice("encoding", "latin")),
            1,
            new Terms(FileAccess.WRITE, new LoanTime.Over(3600)));

    private static ClaimedText claim(String text) {
        return new ClaimedText(text, false);
    }

    private static FileQuestion question(Purpose purpose) {
        return new FileQuestion(claim(""), claim(""), purpose, List.of(), null, List.of(), null);
    }

    private static Show asking(Purpose purpose) {
        return new Show(10, new InstanceLabel("mail", "#3584e4"), null, question(purpose));
    }

    private static Terms terms(LoanTime loan) {
        return new Terms(FileAccess.WRITE, loan);
    }

    @Test
    void everyMessageToTheWindowComesBackFromALine() throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = new ContractWriter(out);
        List<ToWindow> messages = List.of(
                new Show(7, new InstanceLabel("mail", "#3584e4"), "blue heron", QUESTION),
                new Show(8, new InstanceLabel("büro", "#FFFFFF"), null, QUESTION),
                new Show(8, InstanceLabel.vm("web", "#FFFFFF", terms(new LoanTime.Over(90))), null, QUESTION),
                new Show(8, InstanceLabel.vm("web", "#FFFFFF", terms(new LoanTime.Revoked())), null, QUESTION),
                new Show(9, InstanceLabel.hostApp("org.example.App", "#5e5c64"), null, QUESTION),
                asking(new Purpose.OpenFiles(true)),
                asking(new Purpose.OpenFolders(false)),
                asking(new Purpose.SaveFile("")),
                asking(new Purpose.SaveFile("report.odt")),
                asking(new Purpose.SaveFiles(List.of("a", "b"))),
                new ToWindow.Close(8, ToWindow.Reason.VM_STOPPED));
        for (ToWindow message : messages) {
            writer.send(message);
        }
        ContractReader<ToWindow> reader = ContractReader.ofBackend(new ByteArrayInputStream(out.toByteArray()));
        for (ToWindow message : messages) {
            assertEquals(Optional.of(message), reader.read());
        }
        assertEquals(Optional.empty(), reader.read());
    }

    @Test
    void everyMessageFromTheWindowComesBackFromALine() throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = new ContractWriter(out);
        List<FromWindow> messages = List.of(
                new FromWindow.Ready(FromWindow.VERSION),
                new FromWindow.Mapped(7),
                new FromWindow.Armed(7),
                ANSWER,
                new FromWindow.Agreed(8, false),
                new FromWindow.Agreed(9, true),
                new FromWindow.Denied(8),
                new FromWindow.Blocked(9));
        for (FromWindow message : messages) {
            writer.send(message);
        }
        assertEquals(messages.size(), out.toString(UTF_8).lines().count(), "one line for each");
        ContractReader<FromWindow> reader = ContractReader.ofWindow(new ByteArrayInputStream(out.toByteArray()));
        for (FromWindow message : messages) {
            assertEquals(Optional.of(message), reader.read());
        }
        assertEquals(Optional.empty(), reader.read());
    }

    private static String instance(InstanceLabel label) throws IOException {
        String line = new String(ContractCodec.encode(new Show(7, label, null, QUESTION)), UTF_8);
        return line.substring(line.indexOf("\"instance\":") + 11, line.indexOf(",\"phrase\""));
    }

    @Test
    void aLabelSaysHowLongExactlyWhenSomethingIsLent() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new InstanceLabel(InstanceLabel.Kind.VM, "mail", "#000000", null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new InstanceLabel(InstanceLabel.Kind.HOST_APP, "app", "#000000", Terms.LEAST));
        assertThrows(IllegalArgumentException.class, () -> new LoanTime.Over(0));
        assertThrows(IllegalArgumentException.class, () -> new LoanTime.Over(LoanTime.Over.MOST_SECONDS + 1));
    }

    @Test
    @DisplayName("the documented form of a line is the one that is written")
    void writesTheDocumentedForm() throws IOException {
        assertEquals(
                "{\"kind\":\"VM\",\"name\":\"web\",\"colour\":\"#3584e4\",\"terms\":{\"access\":\"WRITE\",\"loan\":{\"until\":\"over\",\"seconds\":900}}}",
                instance(InstanceLabel.vm("web", "#3584e4", terms(new LoanTime.Over(900)))));
        assertEquals(
                "{\"kind\":\"VM\",\"name\":\"web\",\"colour\":\"#3584e4\",\"terms\":{\"access\":\"READ\",\"loan\":{\"until\":\"stopped\"}}}",
                instance(new InstanceLabel("web", "#3584e4")));
        assertEquals(
                "{\"kind\":\"HOST_APP\",\"name\":\"app\",\"colour\":\"#3584e4\",\"terms\":null}",
                instance(InstanceLabel.hostApp("app", "#3584e4")));
        assertEquals(
                "{\"type\":\"close\",\"id\":3,\"reason\":\"WITHDRAWN\"}",
                new String(ContractCodec.encode(new ToWindow.Close(3, ToWindow.Reason.WITHDRAWN)), UTF_8));
        assertEquals(
                "{\"type\":\"chosen\",\"id\":3,\"files\":[{\"path\":\"/a\",\"kind\":\"FILE\",\"device\":1,\"inode\":2,\"companions\":[]}],\"choices\":[],\"filter\":null,\"terms\":null}",
                new String(
                        ContractCodec.encode(
                                new Chosen(3, List.of(PickedFile.file("/a", 1, 2)), List.of(), null, null)),
                        UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "3",
                "garbage",
                "{",
                "{\"type\":\"denied\"}",
                "{\"type\":\"denied\",\"id\":0}",
                "{\"type\":\"denied\",\"id\":-4}",
                "{\"type\":\"denied\",\"id\":\"4\"}",
                "{\"type\":\"denied\",\"id\":4.0}",
                "{\"type\":\"denied\",\"id\":null}",
                "{\"type\":\"denied\",\"id\":99999999999999999999}",
                "{\"type\":\"denied\",\"id\":4,\"id\":5}",
                "{\"type\":\"denied\",\"id\":4,\"also\":1}",
                "{\"type\":\"denied\",\"id\":4} {\"type\":\"denied\",\"id\":5}",
                "{\"id\":4}",
                "{\"type\":\"allowed\",\"id\":4}",
                "{\"type\":\"show\",\"id\":4}",
                "{\"type\":\"chosen\",\"id\":4,\"files\":[],\"choices\":[],\"filter\":null,\"terms\":null}",
                "{\"type\":\"chosen\",\"id\":4,\"files\":null,\"choices\":[],\"filter\":null,\"terms\":null}",
                "{\"type\":\"chosen\",\"id\":4,\"files\":[null],\"choices\":[],\"filter\":null,\"terms\":null}",
                "{\"type\":\"chosen\",\"id\":4,\"files\":[{\"path\":\"a\",\"kind\":\"FILE\",\"device\":1,\"inode\":1,\"companions\":[]}],\"choices\":[],\"filter\":null,\"terms\":null}",
                "{\"type\":\"chosen\",\"id\":4,\"files\":[{\"path\":\"/a\\u0000\",\"kind\":\"FILE\",\"device\":1,\"inode\":1,\"companions\":[]}],\"choices\":[],\"filter\":null,\"terms\":null}",
                "{\"type\":\"chosen\",\"id\":4,\"files\":[{\"path\":\"/a\",\"kind\":\"FILE\",\"device\":1,\"inode\":1,\"companions\":[]}],\"choices\":[],\"filter\":-1,\"terms\":null}",
                "{\"type\":\"chosen\",\"id\":4,\"files\":[{\"path\":\"/a\",\"kind\":\"FILE\",\"device\":1,\"inode\":1,\"companions\":[]},{\"path\":\"/a\",\"kind\":\"FILE\",\"device\":1,\"inode\":1,\"companions\":[]}],\"choices\":[],\"filter\":null,\"terms\":null}",
            })
    void aBadLineIsAContractException(String line) {
        ContractException thrown =
                assertThrows(ContractException.class, () -> ContractCodec.decodeFromWindow(line.getBytes(UTF_8)));
        assertFalse(String.valueOf(thrown.getMessage()).contains("/a"), "the line's content stays out of the message");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        byte[] line = "{\"type\":\"denied\",\"id\":4}".getBytes(UTF_8);
        line[9] = (byte) 0xff;
        assertThrows(ContractException.class, () -> ContractCodec.decodeFromWindow(line));
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "[".repeat(5000);
        assertThrows(ContractException.class, () -> ContractCodec.decodeToWindow(deep.getBytes(UTF_8)));
    }

    @Test
    void anUnfinishedLineIsNoMessage() {
        byte[] half = "{\"type\":\"denied\",\"id\":4}".getBytes(UTF_8);
        ContractReader<FromWindow> reader = ContractReader.ofWindow(new ByteArrayInputStream(half));
        assertThrows(ContractException.class, reader::read);
    }

    @Test
    void anEndlessLineIsCutOff() {
        byte[] endless = new byte[ContractLimits.FROM_WINDOW_BYTES + 2];
        java.util.Arrays.fill(endless, (byte) ' ');
        ContractReader<FromWindow> reader = ContractReader.ofWindow(new ByteArrayInputStream(endless));
        assertThrows(ContractException.class, reader::read);
    }

    @Test
    @DisplayName("the largest request a frame can carry fits a line, even if every byte has to be made visible")
    void theLargestRequestFits() throws ContractException {
        DisplayText worst =
                DisplayText.of(Untrusted.of("\u007f".repeat(Limits.TEXT_CODE_POINTS)), Limits.TEXT_CODE_POINTS);
        int filters = Limits.FRAME_BYTES / Limits.TEXT_CODE_POINTS;
        List<FilterRow> rows = Collections.nCopies(
                Math.min(filters, Limits.FILTERS), new FilterRow(ClaimedText.of(worst), List.of("*"), List.of()));
        List<OptionRow> options = IntStream.range(0, 60)
                .mapToObj(i -> new OptionRow("o" + i, ClaimedText.of(worst)))
                .toList();
        var question = new FileQuestion(
                ClaimedText.of(worst),
                ClaimedText.of(worst),
                new Purpose.OpenFiles(true),
                rows,
                null,
                List.of(new ChoiceRow("c", ClaimedText.of(worst), options, "")),
                ClaimedText.of(worst));
        byte[] line = ContractCodec.encode(new Show(1, new InstanceLabel("mail", "#000000"), null, question));
        assertTrue(line.length > ContractLimits.TO_WINDOW_BYTES / 2, "a worst case of " + line.length + " bytes");
        assertEquals(question, ((Show) ContractCodec.decodeToWindow(line)).question());
    }

    @Test
    void moreThanFitsALineIsRefusedBeforeAnythingIsWritten() {
        List<PickedFile> files = IntStream.range(0, Limits.FILES)
                .mapToObj(i -> PickedFile.file("/" + ("x".repeat(200) + "/").repeat(10) + i, 1, i))
                .toList();
        var out = new ByteArrayOutputStream();
        assertThrows(
                ContractException.class,
                () -> new ContractWriter(out).send(new Chosen(1, files, List.of(), null, null)));
        assertEquals(0, out.size());
    }

    @Test
    void onlyWhatFitsAFrameOfTheLinkCanBeLent() {
        assertTrue(ANSWER.fitsTheLink());
        assertTrue(named(Limits.FILES, 100).fitsTheLink());
        assertFalse(named(Limits.FILES, 240).fitsTheLink());
    }

    private static Chosen named(int files, int nameLength) {
        return new Chosen(
                1,
                IntStream.range(0, files)
                        .mapToObj(i -> PickedFile.file("/d/" + "x".repeat(nameLength) + i, 1, i))
                        .toList(),
                List.of(),
                null,
                null);
    }

    @Test
    void textThatCouldDeceiveIsNoClaim() {
        for (String text : List.of("a\nb", "a\u202eb", "a\u200bb", "a\u0000", "\ud800", "a\u2028b")) {
            assertThrows(IllegalArgumentException.class, () -> claim(text), text.length() + " characters");
            assertThrows(IllegalArgumentException.class, () -> new InstanceLabel(text, "#000000"));
        }
        assertThrows(IllegalArgumentException.class, () -> claim("x".repeat(ContractLimits.CLAIM_CODE_POINTS + 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "red", "#fff", "#12345g", "#1234567", "#123456;} *{color:red"})
    void onlySixHexDigitsAreAColour(String colour) {
        assertThrows(IllegalArgumentException.class, () -> new InstanceLabel("mail", colour));
    }

    @Test
    void anAnswerMustFitItsQuestion() {
        assertEquals(Optional.empty(), QUESTION.objectionTo(ANSWER));
        assertTrue(objects(List.of(PickedFile.file("/a", 1, 1), PickedFile.file("/b", 1, 2)), ANSWER.choices(), 1));
        assertTrue(objects(ANSWER.files(), ANSWER.choices(), 2), "no such filter");
        assertTrue(objects(ANSWER.files(), ANSWER.choices(), null), "no filter");
        assertTrue(objects(ANSWER.files(), List.of(new PickedChoice("zip", "true")), 1), "a choice left out");
        assertTrue(
                objects(
                        ANSWER.files(),
                        List.of(new PickedChoice("zip", "maybe"), new PickedChoice("encoding", "utf8")),
                        1),
                "no such option of a check box");
        assertTrue(
                objects(
                        ANSWER.files(),
                        List.of(new PickedChoice("zip", "true"), new PickedChoice("encoding", "true")),
                        1),
                "no such option");
        assertTrue(
                objects(ANSWER.files(), List.of(new PickedChoice("zip", "true"), new PickedChoice("other", "utf8")), 1),
                "no such choice");
    }

    private static boolean objects(
            List<PickedFile> files, List<PickedChoice> choices, @org.jspecify.annotations.Nullable Integer filter) {
        return QUESTION.objectionTo(new Chosen(7, files, choices, filter, Terms.LEAST))
                .isPresent();
    }

    private static PickedFile picked(String path, Kind kind) {
        return new PickedFile(path, kind, 1, 1, List.of());
    }

    private static boolean fits(Purpose purpose, Terms terms, PickedFile... files) {
        return question(purpose)
                .objectionTo(new Chosen(7, List.of(files), List.of(), null, terms))
                .isEmpty();
    }

    @Test
    void whatIsChosenMustBeOfTheKindThatWasAskedFor() {
        Terms change = terms(new LoanTime.Stopped());
        PickedFile file = picked("/d/file", Kind.FILE);
        PickedFile folder = picked("/d/folder", Kind.FOLDER);
        PickedFile fresh = picked("/d/new", Kind.NEW);
        assertTrue(fits(new Purpose.OpenFiles(true), Terms.LEAST, file));
        assertFalse(fits(new Purpose.OpenFiles(true), change, file, folder));
        assertFalse(fits(new Purpose.OpenFiles(true), change, fresh));
        assertTrue(fits(new Purpose.OpenFolders(true), change, folder, picked("/", Kind.FOLDER)));
        assertFalse(fits(new Purpose.OpenFolders(false), change, folder, picked("/", Kind.FOLDER)));
        assertFalse(fits(new Purpose.OpenFolders(false), change, file));
        assertTrue(fits(new Purpose.SaveFile("x"), change, fresh));
        assertTrue(fits(new Purpose.SaveFile("x"), change, file));
        assertFalse(fits(new Purpose.SaveFile("x"), change, folder));
        assertFalse(fits(new Purpose.SaveFile("x"), change, file, fresh));
        assertFalse(fits(new Purpose.SaveFile("x"), Terms.LEAST, fresh), "nobody can save what may not be changed");
        Purpose two = new Purpose.SaveFiles(List.of("a", "b"));
        assertTrue(fits(two, change, file, fresh));
        assertFalse(fits(two, change, fresh));
        assertFalse(fits(two, change, fresh, picked("/other/new", Kind.NEW)), "two folders");
    }

    @Test
    void onlyAFileThatIsOpenedHasCompanions() {
        var with = new PickedFile("/d/a.html", Kind.FILE, 1, 1, List.of(new Companion("a_files", Kind.FOLDER, 1, 2)));
        assertTrue(fits(new Purpose.OpenFiles(false), Terms.LEAST, with));
        assertFalse(fits(new Purpose.SaveFile(""), terms(new LoanTime.Stopped()), with));
        List<Companion> along = with.companions();
        for (Kind kind : List.of(Kind.FOLDER, Kind.NEW)) {
            assertThrows(IllegalArgumentException.class, () -> new PickedFile("/d/a", kind, 1, 1, along));
        }
        assertThrows(IllegalArgumentException.class, () -> new PickedFile("/d/a_files", Kind.FILE, 1, 1, along));
        List<Companion> many = IntStream.rangeClosed(0, ContractLimits.COMPANIONS)
                .mapToObj(i -> new Companion("c" + i, Kind.FILE, 1, i))
                .toList();
        assertThrows(IllegalArgumentException.class, () -> new PickedFile("/d/a", Kind.FILE, 1, 1, many));
        assertThrows(IllegalArgumentException.class, () -> new Companion("x/y", Kind.FILE, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Companion("..", Kind.FOLDER, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Companion("a", Kind.NEW, 1, 1));
    }

    @Test
    void aFileHasANameAndAFolderHasAFolder() {
        assertThrows(IllegalArgumentException.class, () -> picked("/", Kind.FILE));
        assertThrows(IllegalArgumentException.class, () -> picked("/d/..", Kind.NEW));
        assertEquals("/", picked("/a", Kind.FILE).folder());
        assertEquals("/d", picked("/d/a", Kind.FILE).folder());
        assertFalse(new Chosen(1, List.of(picked("/", Kind.FOLDER)), List.of(), null, null).fitsTheLink());
    }

    @Test
    void onlySafeNamesAreProposed() {
        for (String name : List.of("..", "a/b", "a\u202eb", "a\nb", " ", "x".repeat(256))) {
            assertThrows(IllegalArgumentException.class, () -> new Purpose.SaveFile(name), name);
            assertThrows(IllegalArgumentException.class, () -> new Purpose.SaveFiles(List.of("a", name)), name);
        }
        assertThrows(IllegalArgumentException.class, () -> new Purpose.SaveFiles(List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Purpose.SaveFiles(List.of("a", "a")));
    }
}
