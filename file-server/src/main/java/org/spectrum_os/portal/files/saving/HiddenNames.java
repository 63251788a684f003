// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.saving;

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

/**
 * The names that files bear in the user's folders for the moment before they get their own, or after they lost it; after a crash, nobody else
 * removes them. Nobody can guess one.
 */
public final class HiddenNames {
    private static final System.Logger LOG = System.getLogger(HiddenNames.class.getName());
    private static final String PREFIX = ".spectrum-";
    private static final int RANDOM_BYTES = 8;
    /** Groups: the lease, and the two files that such a name may stand for if it was made by {@link #forReplacing}. */
    private static final Pattern NAME = Pattern.compile(
            "\\.spectrum-([a-z0-9][a-z0-9-]{0,63})(?:\\.([0-9a-f]{1,16})\\.([0-9a-f]{1,16}))?-[0-9a-f]{16}");

    private static final SecureRandom RANDOM = new SecureRandom();

    private HiddenNames() {}

    /** For a file that is being staged. */
    public static String forStaging(String lease) {
        return PREFIX + lease + "-" + random();
    }

    /** For a file that is to take another's place, and then for that other. What else comes to have it is not to be swept away. */
    public static String forReplacing(String lease, FileNode.Status old, FileNode.Status fresh) {
        return PREFIX + lease + "." + Long.toHexString(old.inode()) + "." + Long.toHexString(fresh.inode()) + "-"
                + random();
    }

    private static String random() {
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /**
     * Removes what a crash left in a folder.
     *
     * @param inUse whether a lease may save just now: what bears its name is in use
     */
    public static void sweep(Descriptor folder, Predicate<String> inUse) {
        var left = new ArrayList<Matcher>();
        // A reference cannot be listed itself, but named by its number it can.
        try (var names = Files.newDirectoryStream(Path.of("/proc/self/fd/" + folder.number()), PREFIX + "*")) {
            for (Path path : names) {
                Matcher parts = NAME.matcher(path.getFileName().toString());
                if (parts.matches() && !inUse.test(parts.group(1))) {
                    left.add(parts);
                }
            }
            for (Matcher parts : left) {
                String name = parts.group();
                if (isOurs(FileNode.status(folder, name.getBytes(StandardCharsets.UTF_8)), parts)) {
                    FolderNode.unlink(folder, name);
                    LOG.log(INFO, "removed {0}, which an earlier run had left behind", name);
                } else {
                    LOG.log(
                            WARNING,
                            "{0} holds what somebody saved at the very moment when a VM did, and is kept: rename it, or delete it",
                            name);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(WARNING, "what an earlier run may have left behind cannot be looked for: {0}", e.getMessage());
        }
    }

    private static boolean isOurs(FileNode.Status found, Matcher parts) {
        if (!found.isRegularFile()) {
            return false;
        }
        String inode = Long.toHexString(found.inode());
        return parts.group(2) == null
                ? found.links() == 1
                : inode.equals(parts.group(2)) || inode.equals(parts.group(3));
    }
}
