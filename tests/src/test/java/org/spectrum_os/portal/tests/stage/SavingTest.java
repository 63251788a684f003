// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.spectrum_os.portal.tests.desktop.ConsentDialog;
import org.spectrum_os.portal.tests.desktop.Patience;
import org.spectrum_os.portal.tests.stage.GuestAgent.Face;

/**
 * Unmodified applications in a real guest save, open folders, and write, through the real window: what they wrote is on the host, and
 * nothing else of the host is theirs.
 */
@Tag("guest")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SavingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static @Nullable Stage shared;
    private static @Nullable GuestAgent sharedAgent;

    /** The folder of this test alone, where the chooser opens. */
    private static Path folder = Path.of("/");

    @BeforeAll
    static void raiseTheCurtain() throws Exception {
        Stage stage = new Stage();
        shared = stage;
        folder = stage.documents();
        for (String name : List.of("movie.mkv", "movie.srt", "secret.txt")) {
            Files.writeString(folder.resolve(name), "the host's " + name);
        }
        Files.createDirectories(folder.resolve("Holiday/deep"));
        stage.own(folder);
        stage.startBackend(stage.policy("ask", 120));
        stage.startGuest(line -> System.err.println("guest: " + line), false);
        sharedAgent = new GuestAgent(stage.guest());
        agent().keepMounted();
        stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
        agent().installFace(Face.FRONTEND);
    }

    @AfterAll
    static void drop() throws Exception {
        if (shared != null) {
            shared.close();
        }
    }

    @BeforeEach
    void writeWhatIsReplaced() throws Exception {
        write("report.txt", "old figures");
        Files.setPosixFilePermissions(folder.resolve("report.txt"), PosixFilePermissions.fromString("rw-r-----"));
        for (String name : List.of("beach.txt", "deep/cave.txt")) {
            write("Holiday/" + name, "seen, ");
        }
    }

    private static Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.deleteIfExists(file);
        Files.writeString(file, text);
        return stage().own(file);
    }

    /** What a failed test left behind must not be the next one's trouble. */
    @AfterEach
    void nothingIsLeft(TestInfo test) throws Exception {
        Optional<ConsentDialog> left = ConsentDialog.find(stage().desktop());
        if (left.isPresent()) {
            stage().desktop()
                    .screenshot(SCREENSHOTS.resolve(
                            "left by " + test.getDisplayName().replaceAll("[^A-Za-z0-9]+", " ") + ".png"));
            left.get().deny();
            ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
        }
        stage().guest().sh("pkill -u app write-files; true", PATIENCE).orThrow();
        assertEquals(0, stage().backend().command("revoke", "--all").status());
    }

    private static Stage stage() {
        Stage stage = shared;
        assertNotNull(stage);
        return stage;
    }

    private static GuestAgent agent() {
        GuestAgent agent = sharedAgent;
        assertNotNull(agent);
        return agent;
    }

    private static ConsentDialog dialog() throws IOException {
        return ConsentDialog.await(stage().desktop(), PATIENCE);
    }

    private static AppReport ended(CompletableFuture<AppReport> app) throws Exception {
        return app.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static JsonNode onlyLease() throws Exception {
        JsonNode leases = stage().backend().json("leases");
        assertEquals(1, leases.size(), leases.toString());
        return leases.get(0);
    }

    private static List<String> words(JsonNode array) {
        var words = new ArrayList<String>();
        array.forEach(word -> words.add(word.asText()));
        return words;
    }

    private static void picture(String name, Face face) throws IOException {
        stage().desktop()
                .screenshot(SCREENSHOTS.resolve(name + " " + face.name().toLowerCase(Locale.ROOT) + ".png"));
    }

    /** Nothing but what was lent may be seen beside it, on either side. */
    private static void assertNothingHiddenIsLeft() throws IOException {
        try (var all = Files.walk(folder)) {
            assertEquals(
                    List.of(),
                    all.map(path -> path.getFileName().toString())
                            .filter(name -> name.startsWith(".") || name.endsWith("~"))
                            .toList());
        }
    }

    @Order(1)
    @ParameterizedTest
    @EnumSource(Face.class)
    void anAppSavesANewFileUnderTheNameThatTheUserTypes(Face face) throws Exception {
        agent().installFace(face);
        var app = agent().writeFiles("save", "letter.txt", "--content", "Dear Ada");
        ConsentDialog dialog = dialog();
        dialog.awaitText("mail will be able to save letter.txt in Documents");
        dialog.awaitArmed();
        picture("saving new", face);
        String name = "my letter " + face.name().toLowerCase(Locale.ROOT) + ".txt";
        dialog.name(name);
        dialog.awaitText("mail will be able to save " + name + " in ");
        dialog.save();
        AppReport report = ended(app);
        assertEquals(0, report.response(), report.everything());
        JsonNode written = report.event("written");
        assertEquals("Dear Ada", written.get("content").asText());
        assertEquals(List.of(name), words(written.get("beside")), report.everything());
        assertTrue(written.get("path").asText().matches("/run/portal/my-letter-[a-z]+-[a-z0-9]{4}/" + name));
        assertEquals("Dear Ada", Files.readString(folder.resolve(name)));
        JsonNode lease = onlyLease();
        assertEquals("write", lease.get("access").asText());
        assertEquals(
                folder.toRealPath().resolve(name).toString(),
                lease.get("resource").asText());
        assertNothingHiddenIsLeft();
    }

    @Order(2)
    @ParameterizedTest
    @EnumSource(Face.class)
    void savingOverAFileIsAskedOnceMoreAndKeepsItsMode(Face face) throws Exception {
        agent().installFace(face);
        var app = agent().writeFiles("save", "report.txt", "--content", "new figures");
        ConsentDialog dialog = dialog();
        dialog.awaitText("mail will be able to replace report.txt in ");
        dialog.save();
        dialog.awaitText("Replace report.txt?");
        dialog.awaitArmed();
        picture("saving over", face);
        assertEquals("old figures", Files.readString(folder.resolve("report.txt")));
        dialog.replace();
        AppReport report = ended(app);
        assertEquals(List.of("report.txt"), words(report.event("written").get("beside")), report.everything());
        Path file = folder.resolve("report.txt");
        assertEquals("new figures", Files.readString(file));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertNothingHiddenIsLeft();
    }

    @Order(3)
    @Test
    void denyingToSaveMakesNothing() throws Exception {
        agent().installFace(Face.FRONTEND);
        var app = agent().writeFiles("save", "never.txt");
        dialog().deny();
        assertEquals(1, ended(app).response());
        assertFalse(Files.exists(folder.resolve("never.txt")));
    }

    @Order(4)
    @ParameterizedTest
    @EnumSource(Face.class)
    void severalFilesAreSavedIntoOneFolderUnderFreeNames(Face face) throws Exception {
        agent().installFace(face);
        String other = face.name().toLowerCase(Locale.ROOT) + ".txt";
        var app = agent().writeFiles("save-files", "report.txt", other, "--content", "saved");
        ConsentDialog dialog = dialog();
        dialog.awaitText("mail will be able to save 2 files in Documents");
        picture("saving several", face);
        dialog.save();
        AppReport report = ended(app);
        assertEquals(2, report.all("written").size(), report.everything());
        assertEquals("old figures", Files.readString(folder.resolve("report.txt")));
        assertEquals("saved", Files.readString(folder.resolve("report (1).txt")));
        assertEquals("saved", Files.readString(folder.resolve(other)));
        Files.delete(folder.resolve("report (1).txt"));
    }

    @Order(5)
    @ParameterizedTest
    @EnumSource(Face.class)
    void aFolderIsChangedByTheGuest(Face face) throws Exception {
        agent().installFace(face);
        var app = agent().writeFiles("folder", "--content", "and changed");
        ConsentDialog dialog = dialog();
        dialog.allowChanges();
        dialog.chooseInList("Holiday");
        dialog.awaitText("mail will be able to see everything in Holiday and change it, until it stops.");
        dialog.lend();
        AppReport report = ended(app);
        assertEquals(0, report.response(), report.everything());
        assertEquals(
                List.of("beach.txt", "deep", "deep/cave.txt"),
                words(report.event("listed").get("names")),
                report.everything());
        assertEquals("seen, and changed", Files.readString(folder.resolve("Holiday/beach.txt.old")));
        assertEquals("and changed", Files.readString(folder.resolve("Holiday/new beach.txt")));
        assertTrue(Files.isDirectory(folder.resolve("Holiday/made")));
        assertFalse(Files.exists(folder.resolve("Holiday/beach.txt")));
        assertEquals("directory", onlyLease().get("kind").asText());
        for (String made : List.of("made", "beach.txt.old", "new beach.txt")) {
            Files.delete(folder.resolve("Holiday/" + made));
        }
        assertNothingHiddenIsLeft();
    }

    @Order(6)
    @Test
    void aFileThatMayBeChangedAlwaysKeepsItsPlace() throws Exception {
        agent().installFace(Face.FRONTEND);
        String first = openForGood("first");
        JsonNode lease = onlyLease();
        assertEquals("write", lease.get("access").asText());
        assertEquals("never", lease.get("end").asText());
        assertEquals("first", Files.readString(folder.resolve("report.txt")));
        // The app has replaced the file: it is still the one that was lent.
        assertEquals(first, openForGood("second"));
        assertEquals(lease.get("lease"), onlyLease().get("lease"));
        assertEquals("second", Files.readString(folder.resolve("report.txt")));
    }

    private static String openForGood(String content) throws Exception {
        var app = agent().writeFiles("open", "--content", content);
        ConsentDialog dialog = dialog();
        dialog.choose(folder.resolve("report.txt"));
        dialog.allowChanges();
        dialog.lendFor('a');
        dialog.awaitText("mail will be able to change report.txt until you take it back.");
        dialog.lend();
        AppReport report = ended(app);
        return report.event("written").get("path").asText();
    }

    @Order(7)
    @Test
    void whatIsForReadingCannotBeSavedOver() throws Exception {
        var app = agent().writeFiles("open", "--content", "never");
        ConsentDialog dialog = dialog();
        dialog.choose(folder.resolve("report.txt"));
        dialog.awaitText("mail will be able to read report.txt until it stops.");
        dialog.lend();
        AppReport report = ended(app);
        assertEquals(0, report.response(), report.everything());
        assertTrue(report.first("written").isEmpty(), report.everything());
        assertTrue(report.first("failed").isPresent(), report.everything());
        assertEquals("old figures", Files.readString(folder.resolve("report.txt")));
    }

    @Order(8)
    @Test
    void aFilmIsLentWithItsSubtitlesIfTheUserSaysSo() throws Exception {
        var app = agent().openFile();
        ConsentDialog dialog = dialog();
        dialog.choose(folder.resolve("movie.mkv"));
        dialog.awaitText("movie.srt");
        dialog.toggle("Also lend what goes with it (1):");
        dialog.awaitText("mail will be able to read movie.mkv and 1 more that goes with it until it stops.");
        picture("companions", Face.FRONTEND);
        dialog.lend();
        Path film = Path.of(ended(app).event("read").get("path").asText());
        String seen = stage().guest()
                .sh("ls " + film.getParent() + "; as-app cat " + film.resolveSibling("movie.srt"), PATIENCE)
                .orThrow()
                .text();
        assertEquals("movie.mkv\nmovie.srt\nthe host's movie.srt", seen.strip());
        assertEquals(List.of("movie.srt"), words(onlyLease().get("companions")));
    }

    @Order(9)
    @Test
    void revokingReachesAFileThatIsBeingWrittenAndLosesNothing() throws Exception {
        write("report.txt", "");
        var app = agent().writeFiles("hold", "--seconds", "50");
        ConsentDialog dialog = dialog();
        dialog.choose(folder.resolve("report.txt"));
        dialog.allowChanges();
        dialog.awaitText("mail will be able to change report.txt until it stops.");
        dialog.lend();
        Path file = folder.resolve("report.txt");
        Patience.await(
                "five lines on the host", PATIENCE, () -> lines(file) >= 5 ? Optional.of(true) : Optional.empty());
        assertEquals(
                0,
                stage().backend()
                        .command("revoke", onlyLease().get("lease").asText())
                        .status());
        long atRevoke = lines(file);
        JsonNode lost = ended(app).event("lost");
        // Linux 6.12 reports a write that the server refuses as nothing written, and what is done next as EIO.
        assertTrue(
                List.of("write ESTALE", "write returned 0", "write EIO", "fsync ESTALE", "fsync EIO")
                        .contains(lost.get("first").asText()),
                lost.toString());
        assertTrue(
                List.of("ESTALE", "returned 0", "EIO")
                        .contains(lost.get("write").asText()),
                lost.toString());
        assertTrue(List.of("ESTALE", "EIO").contains(lost.get("read").asText()), lost.toString());
        assertEquals("ESTALE", lost.get("truncate").asText(), lost.toString());
        assertTrue(List.of("ESTALE", "ENOENT").contains(lost.get("open").asText()), lost.toString());
        // Everything that the guest was told is there, and nothing came after the revoke returned.
        assertTrue(lost.get("acknowledged").asLong() <= atRevoke, lost + " and " + atRevoke + " lines");
        assertTrue(lost.get("acknowledged").asLong() >= 5, lost.toString());
        assertEquals(atRevoke, lines(file));
    }

    private static long lines(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Order(10)
    @Test
    void aFolderThatThePolicyGivesComesAndGoesWithIt() throws Exception {
        Path given = Files.createDirectories(stage().session().resolve("home/Music"));
        Files.writeString(given.resolve("song.txt"), "la");
        stage().own(given);
        stage().policyWithFiles(given);
        assertEquals(0, stage().backend().command("policy", "reload").status());
        JsonNode lease = onlyLease();
        assertEquals("policy", lease.get("end").asText(), lease.toString());
        String song = "/run/portal/" + lease.get("lease").asText() + "/Music/song.txt";
        stage().guest().sh("echo lala >>'" + song + "'", PATIENCE).orThrow();
        assertEquals("lalala\n", Files.readString(given.resolve("song.txt")));
        CompletableFuture<String> reader = CompletableFuture.supplyAsync(() -> {
            try {
                return agent().readUntilItFails(song, PATIENCE);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        stage().guest()
                .sh(
                        "for i in $(seq 300); do ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q ' -> " + song
                                + "$' && exit 0; sleep 0.1; done; exit 1",
                        PATIENCE)
                .orThrow();
        stage().policy("ask", 120);
        assertEquals(0, stage().backend().command("policy", "reload").status());
        assertEquals(0, stage().backend().json("leases").size());
        assertEquals("ESTALE", reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals("", stage().guest().sh("ls -A /run/portal").text().strip());
    }
}
