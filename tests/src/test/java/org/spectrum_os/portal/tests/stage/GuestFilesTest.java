// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.spectrum_os.portal.tests.guest.GuestVm;

/** Real programs in a real guest, on a lent folder and on single lent files, all of them to be changed. */
@Tag("guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuestFilesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** Files in the trees that are copied; {@code -Dguest.files=20000} for the long run. */
    private static final int FILES = Integer.getInteger("guest.files", 150);

    private static final Duration COPYING = PATIENCE.plusSeconds(FILES / 2);
    private static final String APPS = "/opt/spectrum-portal/apps/";
    /** Where the guest sees the lent folder. */
    private static final String WORK = "/run/portal/work/work";

    private Stage stage;
    private GuestVm guest;
    private Path work;

    @BeforeAll
    void start() throws Exception {
        stage = new Stage();
        work = Files.createDirectory(stage.documents().resolve("work"));
        for (String name : new String[] {"report.odt", "letter.txt", "notes.txt", "rows.db"}) {
            Files.writeString(stage.documents().resolve(name), "first\n");
        }
        Files.writeString(stage.documents().resolve("never lent.txt"), "secret\n");
        stage.own(stage.documents());
        Files.delete(stage.documents().resolve("rows.db"));
        Files.createFile(stage.documents().resolve("rows.db"));
        stage.own(stage.documents());
        stage.startBackend(stage.policyWithFiles(
                work,
                stage.documents().resolve("report.odt"),
                stage.documents().resolve("letter.txt"),
                stage.documents().resolve("notes.txt"),
                stage.documents().resolve("rows.db")));
        guest = stage.startGuest(line -> System.err.println("guest: " + line), false);
        new GuestAgent(guest).mount().orThrow();
        stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
    }

    @AfterAll
    void drop() throws Exception {
        if (stage != null) {
            stage.close();
        }
    }

    /** Runs a script as the application's user, who owns what is lent; it must succeed. */
    private String app(String script, Duration patience) throws IOException, InterruptedException {
        return guest.sh("as-app bash -eu <<'SCRIPT'\n" + script + "\nSCRIPT", patience)
                .orThrow()
                .text()
                .strip();
    }

    private String app(String script) throws IOException, InterruptedException {
        return app(script, PATIENCE);
    }

    private List<String> listOnHost(Path tree) throws IOException, InterruptedException {
        Process sum = new ProcessBuilder(
                        Installation.checkout()
                                .resolve("tests/guest/apps/odd-tree")
                                .toString(),
                        "list",
                        tree.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(sum.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, sum.waitFor());
        return out.lines().toList();
    }

    private void assertSame(List<String> expected, String copy) throws IOException, InterruptedException {
        List<String> found = listOnHost(work.resolve(copy));
        assertEquals(expected.size(), found.size(), copy);
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), found.get(i), copy);
        }
    }

    private static long entries(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.count();
        }
    }

    @Test
    void gitClonesCommitsAndFindsNothingWrong() throws Exception {
        String out = app("""
                cd /tmp && rm -rf origin && git init -q -b main origin && cd origin
                git config user.name Ada && git config user.email ada@example.org
                mkdir -p src/deep && for i in $(seq 60); do echo "line $i" >src/deep/file-$i; done
                ln -s deep/file-1 src/link && git add -A && git commit -q -m first
                cd %1$s && git clone -q /tmp/origin clone && cd clone
                git config user.name Ada && git config user.email ada@example.org
                git status --porcelain
                echo changed >src/deep/file-1 && git mv src/deep/file-2 src/deep/moved && git add -A && git commit -q -m second
                git gc -q && git fsck --full --strict && git status --porcelain
                git log --format=%%s""".formatted(WORK));
        assertEquals("second\nfirst", out);
        Process fsck = new ProcessBuilder(
                        "git",
                        "-c",
                        "safe.directory=*",
                        "-C",
                        work.resolve("clone").toString(),
                        "fsck",
                        "--full",
                        "--strict")
                .redirectErrorStream(true)
                .start();
        String said = new String(fsck.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, fsck.waitFor(), said);
    }

    @Test
    void sqliteKeepsItsDatabaseWholeWithAJournalAndWithAWriteAheadLog() throws Exception {
        for (String mode : new String[] {"delete", "wal"}) {
            String out = app("""
                    cd %s && rm -f rows-%2$s.db*
                    sqlite3 rows-%2$s.db 'pragma journal_mode=%2$s; create table t(a integer primary key, b text);'
                    for i in $(seq 20); do
                        sqlite3 -cmd '.timeout 20000' rows-%2$s.db "begin; insert into t(b) values(hex(randomblob(500))); insert into t(b) values('x'); commit;" &
                        [ $((i %% 4)) -ne 0 ] || wait
                    done
                    wait
                    sqlite3 rows-%2$s.db 'pragma integrity_check; select count(*) from t; pragma journal_mode;'""".formatted(WORK, mode));
            assertEquals(mode + "\nok\n40\n" + mode, out);
        }
        assertTrue(Files.size(work.resolve("rows-wal.db")) > 4096);
    }

    @Test
    void sqliteWorksOnASingleLentFile() throws Exception {
        String out = app("""
                cd /run/portal/rows
                sqlite3 rows.db 'create table t(a); insert into t values(1); begin; insert into t values(2); rollback; insert into t values(3);'
                sqlite3 rows.db 'pragma integrity_check; select group_concat(a) from t;'
                ls -A""");
        assertEquals("ok\n1,3\nrows.db", out);
        assertTrue(Files.size(stage.documents().resolve("rows.db")) > 0);
    }

    private String lent(String lease, String name) {
        return "/run/portal/" + lease + "/" + name;
    }

    @Test
    void gLibReplacesASingleFileAtomically() throws Exception {
        Path file = stage.documents().resolve("report.odt");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        long before = entries(stage.documents());
        app("""
                python3 - <<'END'
                from gi.repository import Gio
                file = Gio.File.new_for_path("%s")
                for text in (b"second\\n", b"third\\n"):
                    file.replace_contents(text, None, False, Gio.FileCreateFlags.NONE, None)
                    assert file.load_contents(None)[1] == text
                END""".formatted(lent("report", "report.odt")));
        assertEquals("third\n", Files.readString(file));
        assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(before, entries(stage.documents()), "something was left beside the file");
        assertEquals("report.odt", app("ls -A /run/portal/report"));
    }

    @Test
    void vimAndSedChangeASingleFile() throws Exception {
        Path file = stage.documents().resolve("letter.txt");
        long before = entries(stage.documents());
        app("sed -i s/first/second/ " + lent("letter", "letter.txt"));
        assertEquals("second\n", Files.readString(file));
        // As people have it: with a swap file, and a backup made by renaming.
        for (String backup : new String[] {"nobackup", "backup backupcopy=no", "backup backupcopy=yes"}) {
            app(
                    "vim.tiny -u NONE -N -i NONE -es -c 'set swapfile writebackup %s' -c 'normal Go%s' -c 'wq' %s </dev/null"
                            .formatted(backup, backup, lent("letter", "letter.txt")));
        }
        assertEquals("second\nnobackup\nbackup backupcopy=no\nbackup backupcopy=yes\n", Files.readString(file));
        assertEquals(before, entries(stage.documents()), "something was left beside the file");
        // The guest's own leavings are the guest's.
        assertFalse(app("ls -A /run/portal/letter").contains("never lent"));
    }

    @Test
    void copiesOfATreeWithOddNamesAreTheSame() throws Exception {
        Path tree = work.resolve("odd");
        Process made = new ProcessBuilder(
                        Installation.checkout()
                                .resolve("tests/guest/apps/odd-tree")
                                .toString(),
                        "make",
                        tree.toString(),
                        Integer.toString(FILES))
                .inheritIO()
                .start();
        assertEquals(0, made.waitFor());
        stage.own(work);
        List<String> before = listOnHost(tree);
        assertEquals(
                before,
                app(APPS + "odd-tree list " + WORK + "/odd", COPYING).lines().toList());
        app("cd " + WORK + " && cp -a odd copied", COPYING);
        assertSame(before, "copied");
        app("cd " + WORK + " && mkdir untarred && tar -c -C odd . | tar -x -p -C untarred", COPYING);
        assertSame(before, "untarred");
        app("cd " + WORK + " && rsync -a odd/ synced/ && rsync -a --checksum --itemize-changes odd/ synced/", COPYING);
        assertSame(before, "synced");
        app("cd " + WORK + " && chmod -R u+w copied untarred synced && rm -r copied untarred synced", COPYING);
        assertFalse(Files.exists(work.resolve("copied")));
    }

    @Test
    void fioVerifiesWhatItWrote() throws Exception {
        String out = app("""
                cd %s && fio --name=verify --filename=fio.data --size=8m --bs=4k-64k --rw=randrw --verify=crc32c --do_verify=1 \
                    --ioengine=psync --fallocate=none --fsync=64 --output-format=terse >/tmp/fio.out
                fio --name=mapped --filename=fio.mapped --size=4m --bs=16k --rw=randwrite --verify=crc32c --do_verify=1 \
                    --ioengine=mmap --fallocate=none --output-format=terse >>/tmp/fio.out
                cut -d';' -f 5 /tmp/fio.out | sort -u; rm fio.data fio.mapped""".formatted(WORK));
        assertEquals("0", out);
    }

    @Test
    void whatIsNotAllowedFailsInWordsThatProgramsUnderstand() throws Exception {
        assertEquals("""
                EPERM EPERM EPERM EPERM ENOTSUP EXDEV ENOENT""", app("""
                        python3 - <<'END'
                        import errno, os, stat
                        os.chdir("%s")
                        open("plain", "w").close()
                        said = []
                        def fails(action):
                            try:
                                action()
                                said.append("none")
                            except OSError as e:
                                said.append(errno.errorcode[e.errno])
                        fails(lambda: os.link("plain", "hard"))
                        fails(lambda: os.mkfifo("fifo"))
                        fails(lambda: os.symlink("/etc/passwd", "absolute"))
                        fails(lambda: os.symlink("../plain", "upward"))
                        fails(lambda: os.setxattr("plain", "user.a", b"b"))
                        fails(lambda: os.rename("plain", "/run/portal/notes/moved"))
                        fails(lambda: os.stat("/run/portal/notes/never lent.txt"))
                        print(*said)
                        END""".formatted(WORK)));
    }

    @Test
    void oneHundredThousandNamesAreListedOnce() throws Exception {
        Path many = Files.createDirectory(work.resolve("many"));
        for (int i = 0; i < 100_000; i++) {
            Files.createFile(many.resolve("entry-" + i));
        }
        stage.own(work);
        assertEquals("100000 100000", app("""
                python3 - <<'END'
                import os
                names = os.listdir("%s/many")
                print(len(names), len(set(names)))
                END""".formatted(WORK)));
    }

    @Test
    void aSuspectFileOnTheHostIsNotSeen() throws Exception {
        Path odd = Files.createDirectory(work.resolve("host-made"));
        Files.createSymbolicLink(odd.resolve("absolute"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(odd.resolve("upward"), Path.of("../../never lent.txt"));
        Files.createSymbolicLink(odd.resolve("downward"), Path.of("plain"));
        Files.writeString(odd.resolve("plain"), "plain\n");
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", odd.resolve("fifo").toString())
                        .start()
                        .waitFor());
        stage.own(work);
        assertEquals(
                "downward\nplain\nplain", app("ls -A " + WORK + "/host-made && cat " + WORK + "/host-made/downward"));
    }
}
