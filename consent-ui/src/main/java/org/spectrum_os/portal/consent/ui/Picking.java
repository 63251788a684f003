// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;

/**
 * Turns what the user selected into what is lent: each path with its symbolic links followed, and the identity of the file found
 * there by opening it, without following any more links. The opener compares that identity.
 */
public final class Picking {
    private Picking() {}

    /** What a selection is worth. */
    public sealed interface Result {
        /** Every file can be lent. */
        record Files(List<PickedFile> files) implements Result {}

        /** Something cannot; nothing is lent. */
        record Refused(String why) implements Result {}
    }

    /** Looks at the files now. {@code paths} are absolute, as the chooser gives them. */
    public static Result pick(List<String> paths, boolean multiple) {
        if (paths.isEmpty()) {
            return new Result.Refused("No file is chosen. Choose one, or deny.");
        }
        if (paths.size() > Limits.FILES) {
            return new Result.Refused(paths.size() + " files are chosen, but at most " + Limits.FILES
                    + " can be lent at once. Choose fewer.");
        }
        if (!multiple && paths.size() > 1) {
            return new Result.Refused("Only one file was asked for. Choose one.");
        }
        List<PickedFile> files = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (String path : paths) {
            try {
                Path real = Path.of(path).toRealPath();
                if (!seen.add(real.toString())) {
                    continue;
                }
                try (Descriptor file = FileNode.openForReading(real)) {
                    FileNode.Status status = FileNode.status(file);
                    if (!status.isRegularFile()) {
                        String kind = status.isDirectory() ? "a folder" : "not an ordinary file";
                        return refused(path, "is " + kind + ", and only files can be lent. Choose a file.");
                    }
                    files.add(new PickedFile(real.toString(), status.device(), status.inode()));
                }
            } catch (NoSuchFileException e) {
                return refused(path, "is not there any more. Choose another file.");
            } catch (AccessDeniedException e) {
                return refused(path, "may not be read by you. Choose another file.");
            } catch (IllegalArgumentException e) {
                return refused(path, "has a name or path that cannot be lent. Rename it, or choose another file.");
            } catch (IOException e) {
                return refused(path, "cannot be opened for reading. Choose another file.");
            }
        }
        return new Result.Files(files);
    }

    private static Result refused(String path, String why) {
        int slash = path.lastIndexOf('/', path.length() - 2);
        return new Result.Refused("“" + Wording.fileName(path.substring(slash + 1)) + "” " + why);
    }
}
