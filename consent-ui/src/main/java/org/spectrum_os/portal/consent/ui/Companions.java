// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.spectrum_os.portal.consent.contract.ContractLimits;
import org.spectrum_os.portal.consent.contract.SafeNames;

/**
 * What goes with a file: siblings of the same stem, such as {@code movie.en.srt} for {@code movie.mkv}, and the folder in which a
 * browser keeps the parts of a page, such as {@code page_files} for {@code page.html}. No symbolic link goes with anything.
 */
public final class Companions {
    /** Entries of a folder that are looked at: reading a bigger one would take too long for a suggestion. */
    private static final int LOOKED_AT = 200_000;

    private static final List<String> FOLDER_ENDS = List.of("_files", ".files", "-files");

    private Companions() {}

    /**
     * The names found.
     *
     * @param names sorted, at most {@link ContractLimits#COMPANIONS}
     * @param more  how many more there are, which cannot be lent along
     */
    public record Found(List<String> names, int more) {
        /** Nothing. */
        public static final Found NONE = new Found(List.of(), 0);

        public Found {
            names = List.copyOf(names);
        }
    }

    /** Looks for them. Reads the folder, so not for the thread that draws. What cannot be looked at goes with nothing. */
    public static Found of(Path file) {
        Path name = file.getFileName();
        Path folder = file.getParent();
        if (name == null || folder == null) {
            return Found.NONE;
        }
        List<String> names = new ArrayList<>();
        int looked = 0;
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(folder)) {
            for (Path sibling : siblings) {
                if (++looked > LOOKED_AT) {
                    return Found.NONE;
                }
                String other = String.valueOf(sibling.getFileName());
                if (isOne(name.toString(), other, Files.isDirectory(sibling, LinkOption.NOFOLLOW_LINKS))
                        && isLendable(sibling)) {
                    names.add(other);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Found.NONE;
        }
        names.sort(String.CASE_INSENSITIVE_ORDER.thenComparing(String::compareTo));
        int kept = Math.min(names.size(), ContractLimits.COMPANIONS);
        return new Found(names.subList(0, kept), names.size() - kept);
    }

    private static boolean isLendable(Path sibling) {
        return SafeNames.isSafe(String.valueOf(sibling.getFileName()))
                && (Files.isRegularFile(sibling, LinkOption.NOFOLLOW_LINKS)
                        || Files.isDirectory(sibling, LinkOption.NOFOLLOW_LINKS))
                && Files.isReadable(sibling);
    }

    /** Whether {@code other}, in the same folder, goes with {@code name}. */
    static boolean isOne(String name, String other, boolean folder) {
        if (other.equals(name)) {
            return false;
        }
        int dot = name.lastIndexOf('.');
        String stem = dot > 0 ? name.substring(0, dot) : name;
        return folder ? FOLDER_ENDS.stream().anyMatch(end -> other.equals(stem + end)) : other.startsWith(stem + ".");
    }
}
