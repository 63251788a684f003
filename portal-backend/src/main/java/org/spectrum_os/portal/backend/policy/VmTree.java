// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.List;
import java.util.regex.Pattern;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.VmFile;

/**
 * What the policy gives an instance out of another VM, which serves its files itself: then all that the instance sees comes from there.
 *
 * @param vm    the instance that serves
 * @param files at least one, no path twice
 */
public record VmTree(String vm, List<Entry> files) {
    /** Characters of a path. */
    static final int PATH_MOST = 4096;

    private static final Pattern PATH = Pattern.compile("[^/\\x00]+(/[^/\\x00]+)*");

    public VmTree {
        files = List.copyOf(files);
        if (files.isEmpty() || !files.stream().allMatch(file -> file.what().vm().equals(vm))) {
            throw new IllegalArgumentException("not the files of one VM");
        }
    }

    /** One file or folder, and what for. */
    public record Entry(VmFile what, Access access) {}

    /** Whether a path leads down from the folder that the VM serves from, and nowhere else. */
    static boolean isPath(String path) {
        return path.length() <= PATH_MOST
                && PATH.matcher(path).matches()
                && List.of(path.split("/", -1)).stream().noneMatch(name -> name.equals(".") || name.equals(".."));
    }
}
