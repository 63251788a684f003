// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.lent.Access;

/** A small directory that is lent twice: "rw" for changing, "ro" for reading. */
abstract class LentTree {
    @TempDir
    Path temporary;

    final Bench bench = new Bench();
    Path tree = Path.of("/");

    @BeforeEach
    void lend() throws Exception {
        tree = Files.createDirectory(temporary.toRealPath().resolve("tree"));
        Files.createDirectory(tree.resolve("sub"));
        Files.writeString(tree.resolve("sub/deep"), "deep");
        Files.writeString(tree.resolve("file"), "content");
        Files.writeString(temporary.resolve("outside"), "secret");
        bench.lend("work", "rw", Access.WRITE, tree);
        bench.lend("work", "ro", Access.READ, tree);
    }

    @AfterEach
    void nothingStaysOpen() throws Exception {
        bench.server.revoke("rw");
        bench.server.revoke("ro");
        Bench.await("every descriptor is closed", () -> Bench.descriptorsOf(tree) == 0);
        bench.close();
    }

    /** Fid 1 is the directory for changing, fid 2 for reading. */
    NinepClient mounted() throws Exception {
        NinepClient guest = bench.mount("work");
        guest.walk(0, 1, "rw", "tree");
        guest.walk(0, 2, "ro", "tree");
        return guest;
    }
}
