// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.lent.Access;

/**
 * A quota that is used up. It is that of a group, on a tmpfs (Linux 6.6 and later), where all that is made belongs to the folder's group: the
 * user's own would not hold for root, who alone can mount it.
 */
@Timeout(60)
class QuotaTest {
    private static final int EDQUOT = 122;

    @TempDir
    Path temporary;

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @Test
    void aQuotaUsedUpIsToldAsSuch() throws Exception {
        Path mount = Files.createDirectory(temporary.toRealPath().resolve("small"));
        String options = "size=4m,grpquota,grpquota_block_hardlimit=256k";
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", options, "none", mount.toString()) == 0,
                "mounting a tmpfs with a quota is not possible here: that takes root, and Linux 6.6 or later with CONFIG_TMPFS_QUOTA");
        try {
            Files.setAttribute(mount, "unix:gid", 100);
            Files.setAttribute(mount, "unix:mode", 02777);
            Assumptions.assumeTrue(
                    isHeld(mount.resolve("trial")),
                    "no quota holds for this process: it has CAP_SYS_RESOURCE; run it under setpriv --bounding-set -sys_resource");
            use(mount);
        } finally {
            assertEquals(0, run("umount", "--lazy", mount.toString()));
        }
    }

    private static boolean isHeld(Path trial) throws IOException {
        try {
            Files.write(trial, new byte[400_000]);
            return false;
        } catch (IOException e) {
            return true;
        } finally {
            Files.delete(trial);
        }
    }

    private static void use(Path mount) throws Exception {
        try (var bench = new Bench()) {
            Path file = Files.writeString(mount.resolve("file"), "before");
            bench.lend("work", "a1", Access.WRITE, mount);
            bench.lend("work", "b1", Access.WRITE, file);
            try (var guest = bench.mount("work")) {
                guest.walk(0, 1, "a1", "small");
                guest.createIn(1, 2, "big", 1, 0644);
                var refused = assertThrows(NinepWire.Failed.class, () -> {
                    for (long at = 0; at < 1 << 20; at += 100_000) {
                        guest.write(2, at, new byte[100_000]);
                    }
                });
                assertEquals(EDQUOT, refused.errno());
                refused = assertThrows(
                        NinepWire.Failed.class, () -> guest.stageIn("b1", 3, "temporary", new byte[300_000]));
                assertEquals(EDQUOT, refused.errno());
                assertEquals("before", NinepClient.text(guest.content("b1", "file")));
                guest.unlink(1, "big", 0);
                guest.clunk(2);
                guest.createIn(1, 4, "again", 1, 0644);
                assertEquals(1000, guest.write(4, 0, new byte[1000]));
            }
        }
    }
}
