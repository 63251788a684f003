// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.tests.desktop.Patience;
import org.spectrum_os.portal.tests.guest.GuestVm;

/** Two real guests at once: both write to one lent folder; and one is hostile, while the other does its work. */
@Tag("guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoGuestsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String APPS = "/opt/spectrum-portal/apps/";
    private static final String OTHERS_FOLDER = "vm2";
    /** What both see, and what is each one's own. */
    private static final String SHARED = "/run/portal/shared/shared";

    /** The plain name is taken, by the instance that the policy names first. */
    private static final String SHARED_OF_OTHER = "/run/portal/shared-other/shared";

    private static final String DESK = "/run/portal/desk/desk";
    private static final String HOARD = "/run/portal/hoard/hoard";
    private static final int SMALL_FILES = 200;

    private Stage stage;
    private Path shared;
    private GuestVm mail;
    private CompletableFuture<GuestVm> starting = CompletableFuture.failedFuture(new IllegalStateException("not yet"));
    private GuestVm other;

    private static String instance(String name, Path door, Path... folders) {
        var files = new ArrayList<String>();
        for (Path folder : folders) {
            files.add("{\"path\": \"" + folder + "\", \"access\": \"write\"}");
        }
        return "\"%s\": {\"colour\": \"#26a269\", \"link\": {\"unix\": \"%s\"}, \"rules\": {\"file\": \"deny\"}, \"files\": %s}"
                .formatted(name, door, files);
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectory(stage.documents().resolve(name));
    }

    @BeforeAll
    void start() throws Exception {
        stage = new Stage();
        shared = folder("shared");
        Path desk = folder("desk");
        Path hoard = folder("hoard");
        Files.write(hoard.resolve("big"), new byte[1 << 20]);
        Files.createDirectory(desk.resolve("small"));
        for (int i = 0; i < SMALL_FILES; i++) {
            Files.writeString(desk.resolve("small/f" + i), "f" + i + "\n");
        }
        stage.own(stage.documents());
        stage.own(Files.createDirectories(stage.folder().resolve(OTHERS_FOLDER)));
        Path policy = stage.write("{\"version\": 1, \"phrase\": \"%s\", \"instances\": {%s, %s}}"
                .formatted(
                        Stage.PHRASE,
                        instance(Stage.INSTANCE, stage.folder().resolve("vm/vm.vsock"), shared, desk),
                        instance(Stage.OTHER, stage.folder().resolve(OTHERS_FOLDER + "/vm.vsock"), shared, hoard)));
        Path program = stage.programs().root().resolve("bin/consent-double");
        if (!Files.exists(program)) {
            program = Installation.checkout().resolve("tests/consent-double");
        }
        // Nobody is asked anything.
        stage.startBackend(policy, List.of("--consent-ui", program + " lend " + hoard.resolve("big")));
        starting = CompletableFuture.supplyAsync(() -> {
            try {
                return stage.startAnother(
                        OTHERS_FOLDER, 4, AgentDisk.Content.AGENT, line -> System.err.println("guest: " + line));
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        mail = stage.startGuest(line -> System.err.println("guest: " + line), false);
        other = starting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        new GuestAgent(mail).mount().orThrow();
        new GuestAgent(other).mount().orThrow();
        stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
        stage.backend().awaitInstance(Stage.OTHER, "mounted", true);
    }

    @AfterAll
    void drop() throws Exception {
        try (Stage all = stage) {
            if (starting.handle((guest, _) -> guest != null).get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                starting.get().close();
            }
        }
    }

    private static String app(GuestVm guest, String script) throws IOException, InterruptedException {
        return guest.sh("as-app bash -eu <<'SCRIPT'\n" + script + "\nSCRIPT", PATIENCE)
                .orThrow()
                .text();
    }

    private static CompletableFuture<String> during(GuestVm guest, String script) {
        var result = new CompletableFuture<String>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(app(guest, script));
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static JsonNode json(String text) throws IOException {
        return new JsonMapper().readTree(text);
    }

    private static <T> T after(CompletableFuture<T> result) throws Exception {
        return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Both guests do the same thing at the same time; what mail and the other say of it. */
    private List<JsonNode> both(String act, int rounds) throws Exception {
        String begin = APPS + "share-folder %s %s %s " + act + " " + rounds;
        CompletableFuture<String> one = during(mail, begin.formatted("mail", "other", SHARED));
        CompletableFuture<String> two = during(other, begin.formatted("other", "mail", SHARED_OF_OTHER));
        var said = List.of(json(after(one)), json(after(two)));
        System.err.println("guest: two guests, " + act + ", " + rounds + " rounds each: " + said);
        return said;
    }

    /** Names and hashes, as the host and both guests see them. */
    private void assertAllSeeTheSame(String files) throws Exception {
        String sum = "cd %s && sha256sum " + files;
        Process onHost = new ProcessBuilder("bash", "-c", sum.formatted(shared))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String host = new String(onHost.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, onHost.waitFor());
        assertEquals(host, app(mail, sum.formatted(SHARED)));
        assertEquals(host, app(other, sum.formatted(SHARED_OF_OTHER)));
    }

    @Test
    void filesOfBothAreAllThereAndWhatBothWantToMakeOnlyOneMakes() throws Exception {
        int rounds = 40;
        List<JsonNode> said = both("files", rounds);
        Map<Integer, String> makers = new TreeMap<>();
        for (int guest = 0; guest < 2; guest++) {
            for (JsonNode won : said.get(guest).get("won")) {
                assertEquals(null, makers.put(won.asInt(), guest == 0 ? "mail" : "other"), "made by both: " + won);
            }
        }
        assertEquals(rounds, makers.size());
        var expected = new TreeSet<String>();
        for (int i = 0; i < rounds; i++) {
            expected.add("both-" + i);
            assertEquals(makers.get(i), Files.readString(shared.resolve("files/both-" + i)));
            if (i % 5 != 4) {
                expected.add("mail-" + i);
                expected.add("other-" + i);
            }
        }
        try (var names = Files.list(shared.resolve("files"))) {
            assertEquals(
                    expected,
                    new TreeSet<>(
                            names.map(path -> path.getFileName().toString()).toList()));
        }
        assertAllSeeTheSame("files/*");
    }

    /** Linux asks for it again and again: by its own choice each 30 s. */
    @Test
    void whoWaitsForALockOfTheOtherHasItSoonAfter() throws Exception {
        CompletableFuture<String> holding =
                during(mail, "cd " + SHARED + " && flock awaited bash -c 'touch held; sleep 2'");
        app(other, """
                cd %s
                for i in $(seq 600); do [ ! -e held ] || break; sleep 0.1; done
                if flock -n awaited true; then echo free; exit 1; fi
                timeout 25 flock awaited true""".formatted(SHARED_OF_OTHER));
        assertEquals("", after(holding));
    }

    /** A sum that each guest adds to by reading, waiting and writing comes out right only if locks keep the other out. */
    @ParameterizedTest
    @ValueSource(strings = {"fcntl", "flock", "mkdir"})
    void whatOneHasLockedTheOtherWaitsFor(String lock) throws Exception {
        int rounds = 40;
        List<JsonNode> said = both(lock, rounds);
        assertEquals(Integer.toString(2 * rounds), Files.readString(shared.resolve("sum-" + lock)));
        int busy = said.get(0).get("busy").asInt() + said.get(1).get("busy").asInt();
        assertTrue(busy > 0, "neither ever found it locked");
    }

    /** That the sums above show anything. */
    @Test
    void withoutALockSumsAreLost() throws Exception {
        int rounds = 40;
        both("nothing", rounds);
        int sum = Integer.parseInt(Files.readString(shared.resolve("sum-nothing")));
        assertTrue(sum >= rounds / 2 && sum < 2 * rounds, "the sum is " + sum);
    }

    @Test
    void everyLineThatBothAppendIsInTheLogAndWhole() throws Exception {
        int rounds = 60;
        both("log", rounds);
        Map<String, Integer> next = new TreeMap<>(Map.of("mail", 0, "other", 0));
        for (String line : Files.readAllLines(shared.resolve("log"))) {
            String[] words = line.split(" ", -1);
            int number = Integer.parseInt(words[1]);
            assertEquals(next.merge(words[0], 1, Integer::sum) - 1, number, line);
            assertTrue(words[2].matches("[0-9a-f]{" + (1 + number % 700) + "}\\."), line);
        }
        assertEquals(Map.of("mail", rounds, "other", rounds), next);
        assertAllSeeTheSame("log");
    }

    @Test
    void whoOpensAFileThatBothReplaceFindsOneOfThemWhole() throws Exception {
        List<JsonNode> said = both("rename", 50);
        int others =
                said.get(0).get("others").asInt() + said.get(1).get("others").asInt();
        assertTrue(others > 0, "neither ever found the other's");
        assertAllSeeTheSame("target");
    }

    @Test
    void aDatabaseThatBothWriteToStaysWhole() throws Exception {
        int rounds = 6;
        both("database", rounds);
        String check = "sqlite3 %s 'pragma integrity_check; select count(*) from t; select count(distinct who) from t;"
                + " select count(*) from t where rowid %% 2 = 0 and cast(content as integer) <> rowid - 1;'";
        String sound = "ok\n" + 8 * rounds + "\n4\n0";
        assertEquals(sound, app(mail, check.formatted(SHARED + "/rows.db")));
        assertEquals(sound, app(other, check.formatted(SHARED_OF_OTHER + "/rows.db")));
        assertFalse(Files.exists(shared.resolve("rows.db-journal")));
        assertAllSeeTheSame("rows.db");
    }

    /**
     * What the other did is seen at once, by name and in what is open. But Linux keeps a name as long as the file is open, and a page as long as it is
     * mapped.
     */
    @Test
    void whatTheOtherDidIsSeen() throws Exception {
        app(mail, """
                mkdir %1$s/seen %1$s/seen/folder && cd %1$s/seen
                for name in grown replaced removed mapped shrunk; do echo first >$name; done""".formatted(SHARED));
        CompletableFuture<String> watching = during(other, """
                cd %s/seen
                python3 - <<'END'
                import json, mmap, os, time
                grown, replaced, removed, shrunk = (open(name, "rb", buffering=0) for name in ("grown", "replaced", "removed", "shrunk"))
                for f in (grown, replaced, removed, shrunk):
                    assert f.read() == b"first\\n"
                mapped = open("mapped", "rb")
                pages = mmap.mmap(mapped.fileno(), 0, prot=mmap.PROT_READ)
                before = pages[:5].decode()
                born = os.path.exists("born")
                listed = os.listdir("folder")
                open("watching", "x").close()
                end = time.monotonic() + 60
                while not os.path.exists("changed") and time.monotonic() < end:
                    time.sleep(0.01)
                said = {
                    "before": [before, born, listed],
                    "grown": [os.fstat(grown.fileno()).st_size, os.stat("grown").st_size, grown.read().decode(), open("grown").read()],
                    "shrunk": [os.fstat(shrunk.fileno()).st_size, os.pread(shrunk.fileno(), 9, 0).decode()],
                    "born": open("born").read(),
                    "listed": os.listdir("folder"),
                    "replaced, by its handle": os.pread(replaced.fileno(), 9, 0).decode(),
                }
                try:
                    said["removed, by its handle"] = os.pread(removed.fileno(), 9, 0).decode()
                except OSError as e:
                    said["removed, by its handle"] = e.strerror
                for f in (replaced, removed, mapped):
                    f.close()
                pages.close()
                again = open("mapped", "rb")
                said["closed"] = [open("replaced").read(), os.path.exists("removed"), mmap.mmap(again.fileno(), 0, prot=mmap.PROT_READ)[:6].decode()]
                print(json.dumps(said))
                END""".formatted(SHARED_OF_OTHER));
        app(mail, """
                cd %s/seen
                for i in $(seq 600); do [ ! -e watching ] || break; sleep 0.1; done
                echo second >>grown; echo second >new; mv new replaced; rm removed; echo new >born; echo x >folder/new
                : >shrunk; printf 'second' >mapped; touch changed""".formatted(SHARED));
        JsonNode said = json(after(watching));
        assertEquals(json("""
                        {"before": ["first", false, []],
                         "grown": [13, 13, "second\\n", "first\\nsecond\\n"],
                         "shrunk": [0, ""],
                         "born": "new\\n",
                         "listed": ["new"],
                         "replaced, by its handle": "first\\n",
                         "removed, by its handle": "first\\n",
                         "closed": ["second\\n", false, "second"]}"""), said);
    }

    private static String ordinaryWork(String name) {
        return """
                cd %1$s && mkdir %2$s && cd %2$s && git init -q -b main . && git config user.name Ada && git config user.email ada@example.org
                mkdir src && for i in $(seq 15); do echo "line $i" >src/file-$i; done
                git add -A && git commit -q -m first && git status --porcelain
                cd .. && tar -c %2$s | tar -x -p --one-top-level=unpacked-%2$s && diff -r %2$s unpacked-%2$s/%2$s""".formatted(DESK, name);
    }

    private JsonNode smallOpens() throws Exception {
        return json(app(mail, APPS + "small-opens " + DESK + "/small " + SMALL_FILES + " 3"));
    }

    private static void print(String what, JsonNode figures, JsonNode alone) {
        System.err.println(
                "guest: small files, %s: %d opens, median %.2f ms, 99 of 100 within %.2f ms (%.1f and %.1f times alone)"
                        .formatted(
                                what,
                                figures.get("count").asInt(),
                                figures.get("p50_ms").asDouble(),
                                figures.get("p99_ms").asDouble(),
                                figures.get("p50_ms").asDouble()
                                        / alone.get("p50_ms").asDouble(),
                                figures.get("p99_ms").asDouble()
                                        / alone.get("p99_ms").asDouble()));
    }

    private static void assertRefusedAtEachLimit(JsonNode found) {
        // Eight, of which its mount has one.
        assertEquals(7, found.get("connections").asInt());
        assertEquals("[128,36]", found.get("deep2").get("depth").toString(), "ENAMETOOLONG");
        JsonNode hog = found.get("hog4");
        assertEquals("[8192,37]", hog.get("locks").toString(), "ENOLCK");
        int handles = hog.get("handles").get(0).asInt();
        assertTrue(handles > 100 && handles <= 4096, handles + " handles");
        assertEquals(24, hog.get("handles").get(1).asInt(), "EMFILE");
        int fids = handles + hog.get("fids").get(0).asInt();
        assertTrue(fids > 7000 && fids <= 8192, fids + " fids");
        assertEquals(24, hog.get("fids").get(1).asInt(), "EMFILE");
        for (String silent : new String[] {"silent0", "silent1"}) {
            // 64 are carried out; what more it could send fills buffers that are its own.
            int sent = found.get(silent).get("sent").asInt();
            assertTrue(sent >= 64 && sent < 50_000, sent + " requests were taken from a guest that takes no reply");
        }
        assertTrue(found.get("versions3").get("begun").asInt() > 0);
        assertTrue(found.get("churn5").get("cut").asInt() > 0);
        assertEquals(0, found.get("churn5").get("kept").asInt());
        // The revoke met those that were still being answered.
        for (String role : new String[] {"deep2", "hog4"}) {
            assertTrue(found.get(role).get("last").toString().contains("116"), "ESTALE");
        }
    }

    @Test
    void aHostileGuestHarmsItselfAlone() throws Exception {
        ProcessHandle server = stage.backend().child("FileServerMain");
        assertEquals("", app(mail, ordinaryWork("quiet")));
        JsonNode alone = smallOpens();
        print("alone", alone, alone);
        // Both guests are emulated on the same processors: one that only computes takes its share of them too.
        other.sh(
                        "for i in 1 2 3 4 5 6; do timeout 120 python3 -c 'while True: pass' & echo $!; done >/run/guest/burning",
                        PATIENCE)
                .orThrow();
        JsonNode beside = smallOpens();
        print("beside a guest that computes", beside, alone);
        other.sh("kill $(cat /run/guest/burning)", PATIENCE).orThrow();

        other.sh("mkdir /run/guest/hostile && (" + APPS
                        + "hostile-9p 5220 hoard/hoard /run/guest/hostile >/run/guest/hostile/out 2>&1 & disown)")
                .orThrow();
        other.sh("""
                for i in $(seq 1200); do [ ! -e /run/guest/hostile/attacking ] || exit 0; sleep 0.1; done
                cat /run/guest/hostile/out; exit 1""", PATIENCE).orThrow();
        JsonNode attacked = smallOpens();
        print("beside a hostile guest", attacked, alone);
        assertEquals("", app(mail, ordinaryWork("beset")));
        // Its own mount shares its bounds.
        String full = other.sh("cat " + HOARD + "/big 2>&1 >/dev/null; true", PATIENCE)
                .text();
        assertTrue(full.contains("Too many open files"), full);

        assertEquals(0, stage.backend().command("revoke", "hoard").status());
        String took = "it took no reply while a lease was being ended";
        Patience.await(
                "both connections that take no reply to be cut",
                PATIENCE,
                () -> stage.backend().log().split(took, -1).length > 2 ? Optional.of(true) : Optional.empty());
        assertEquals("f1", app(mail, "cat " + DESK + "/small/f1"));
        JsonNode found = json(other.sh("""
                touch /run/guest/hostile/stop
                for i in $(seq 600); do [ ! -s /run/guest/hostile/out ] || break; sleep 0.1; done
                cat /run/guest/hostile/out""", PATIENCE).orThrow().text());
        System.err.println("guest: the hostile one: " + found);

        assertRefusedAtEachLimit(found);
        assertTrue(server.isAlive());
        assertEquals(server.pid(), stage.backend().child("FileServerMain").pid());
        // With its connections gone it is a guest like any other.
        app(
                other,
                "for i in $(seq 100); do ! ls -A " + SHARED_OF_OTHER
                        + " >/dev/null 2>&1 || exit 0; sleep 0.1; done; exit 1");
        assertFalse(other.sh("cat " + HOARD + "/big 2>/dev/null", PATIENCE).status() == 0);
    }
}
