// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.FolderNode;

/** The names that files bear in the user's folders for the moment before they get their own; after a crash, nobody else removes them. */
final class HiddenNames {
    private static final System.Logger LOG = System.getLogger(HiddenNames.class.getName());
    private static final String PREFIX = ".spectrum-";
    private static final int RANDOM_BYTES = 8;
    private static final Pattern NAME = Pattern.compile("\\.spectrum-([a-z0-9][a-z0-9-]{0,63})-[0-9a-f]{16}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private HiddenNames() {}

    static String next(String lease) {
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        return PREFIX + lease + "-" + HexFormat.of().formatHex(random);
    }

    /**
     * Removes what a crash left in a folder.
     *
     * @param inUse whether a lease may save just now: what bears its name is in use
     */
    static void sweep(Descriptor folder, Predicate<String> inUse) {
        var left = new ArrayList<String>();
        // A reference cannot be listed itself, but named by its number it can.
        try (var names = Files.newDirectoryStream(Path.of("/proc/self/fd/" + folder.number()), PREFIX + "*")) {
            for (Path path : names) {
                String name = path.getFileName().toString();
                Matcher parts = NAME.matcher(name);
                if (parts.matches() && !inUse.test(parts.group(1))) {
                    left.add(name);
                }
            }
            for (String name : left) {
                FileNode.Status status = FileNode.status(folder, name.getBytes(StandardCharsets.UTF_8));
                if (status.isRegularFile() && status.links() == 1) {
                    FolderNode.unlink(folder, name);
                    LOG.log(INFO, "removed {0}, which an earlier run had left behind", name);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(WARNING, "what an earlier run may have left behind cannot be looked for: {0}", e.getMessage());
        }
    }
}
