// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import org.spectrum_os.portal.files.lent.Access;

/** The host's files around what is lent, made anew for each session: which of them a guest may not read, and which it may not change. */
final class FuzzHost {
    /** Stands in every file that no guest may read. */
    static final String SECRET = "not-for-any-guest-5e9c";

    private static final String ENDURING = "what was lent for reading only";

    private final Path root;
    private final Path lent;
    private final Path tree;
    private final Path document;
    private Map<String, String> before = Map.of();

    FuzzHost(Path root) throws IOException {
        this.root = root;
        this.lent = root.resolve("lent");
        this.tree = lent.resolve("tree");
        this.document = lent.resolve("doc.txt");
        Files.createDirectories(root.resolve("canaries"));
        Files.writeString(root.resolve("canary"), SECRET);
        Files.writeString(root.resolve("canaries/deep"), SECRET);
        var fifo = new ProcessBuilder("mkfifo", root.resolve("fifo").toString()).start();
        try {
            if (fifo.waitFor() != 0) {
                throw new IOException("mkfifo failed");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** What is lent as it is at the start of each session. */
    void renew() throws IOException {
        if (Files.exists(lent)) {
            remove(lent);
        }
        Files.createDirectories(tree.resolve("sub"));
        Files.createDirectories(lent.resolve("still/sub"));
        Files.writeString(lent.resolve("sibling"), SECRET);
        Files.writeString(lent.resolve("one"), ENDURING);
        Files.writeString(lent.resolve("still/sub/deep"), ENDURING);
        Files.writeString(document, "a document");
        Files.writeString(tree.resolve("f0"), "content of f0");
        Files.writeString(tree.resolve("sub/deep"), "deep");
        Files.createSymbolicLink(tree.resolve("good"), Path.of("sub/deep"));
        Files.createSymbolicLink(tree.resolve("climbs"), Path.of("../sibling"));
        Files.createSymbolicLink(tree.resolve("absolute"), root.resolve("canary"));
        Files.createLink(tree.resolve("fifo"), root.resolve("fifo"));
        before = untouchable();
    }

    static void remove(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path visited, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** State of all that must stay as it is: everything beside what was lent for changing, and names beside it. */
    private Map<String, String> untouchable() throws IOException {
        var found = new TreeMap<String, String>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                // The folder's own time changes when the document in it is replaced.
                found.put(folder.toString(), folder.equals(lent) ? "" : state(folder, attributes));
                return folder.equals(tree) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                // A link count would tell of the guest removing its own entry, so state has none.
                found.put(file.toString(), file.equals(document) ? "" : state(file, attributes));
                return FileVisitResult.CONTINUE;
            }
        });
        found.put(tree.toString(), "");
        found.remove(root.resolve("socket").toString());
        found.put(root.toString(), "");
        return found;
    }

    private static String state(Path path, BasicFileAttributes attributes) throws IOException {
        String mode = String.valueOf(Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS));
        return mode + " " + attributes.fileKey() + " " + attributes.size() + " " + attributes.lastModifiedTime()
                + (attributes.isRegularFile() ? " " + Files.readString(path) : "");
    }

    void check() throws IOException {
        Map<String, String> after = untouchable();
        if (!after.equals(before)) {
            throw new AssertionError("the guest changed what it may not: before " + before + ", after " + after);
        }
    }

    static void lend(Bench bench, Path root) throws Exception {
        Path lent = root.resolve("lent");
        bench.lend("work", "a1", lent.resolve("one"));
        bench.lend("work", "r1", Access.READ, lent.resolve("still"));
        bench.lend("work", "w1", Access.WRITE, lent.resolve("tree"));
        bench.lend("work", "s1", Access.WRITE, lent.resolve("doc.txt"));
    }

    /** One of {@link FuzzScript#HOST_ACTS} things that happen to what is lent. */
    void act(int what, Bench bench) throws Exception {
        try {
            happen(what, bench);
        } catch (IOException _) {
            // The guest has made something else of that name.
        }
    }

    private void happen(int what, Bench bench) throws Exception {
        switch (what) {
            case 0 -> end(bench, "w1");
            case 1 -> end(bench, "s1");
            case 2 -> end(bench, "a1");
            case 3 -> Files.deleteIfExists(tree.resolve("f0"));
            case 4 -> swap();
            case 5 ->
                Files.write(
                        tree.resolve("n0"),
                        new byte[100],
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
            case 6 -> {
                if (Files.isDirectory(tree.resolve("sub"), LinkOption.NOFOLLOW_LINKS)) {
                    remove(tree.resolve("sub"));
                }
            }
            default -> {
                end(bench, "w1");
                bench.lend("work", "w1", Access.WRITE, tree);
            }
        }
    }

    /** A directory becomes a link that leads out. */
    private void swap() throws IOException {
        Path sub = tree.resolve("sub");
        if (Files.isDirectory(sub, LinkOption.NOFOLLOW_LINKS)) {
            remove(sub);
        } else {
            Files.deleteIfExists(sub);
        }
        Files.createSymbolicLink(sub, root.resolve("canaries"));
    }

    static void end(Bench bench, String lease) {
        try {
            bench.server.revoke(lease);
        } catch (RefusedException _) {
            // It has been ended in this session before.
        }
    }
}
