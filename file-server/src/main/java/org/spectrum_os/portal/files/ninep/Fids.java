// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.HashMap;
import java.util.Map;

/** The fids of one connection since its last Tversion. Bounded; thread-safe. */
final class Fids {
    static final int MOST = 4096;
    /** Open directories each hold a list of leases. */
    static final int MOST_OPEN_DIRECTORIES = 256;

    private final Map<Integer, Fid> fids = new HashMap<>();
    private int openDirectories;

    synchronized Fid get(int fid) throws Refusal {
        Fid found = fids.get(fid);
        if (found == null) {
            throw new Refusal(Errno.EBADF);
        }
        return found;
    }

    /** Lets {@code fid} stand for {@code node}; it must be new, or {@code replacing} the fid the walk started from. */
    synchronized void put(int fid, Node node, boolean replacing) throws Refusal {
        Fid old = fids.get(fid);
        if (fid == Request.NO_FID || (old != null && (!replacing || !(old instanceof Fid.Walked)))) {
            throw new Refusal(Errno.EINVAL);
        }
        if (old == null && replacing) {
            throw new Refusal(Errno.EBADF);
        }
        if (old == null && fids.size() >= MOST) {
            throw new Refusal(Errno.EMFILE);
        }
        fids.put(fid, new Fid.Walked(node));
    }

    /** Opens a fid that still stands for {@code before}. */
    synchronized void open(int fid, Fid.Walked before, Fid after) throws Refusal {
        if (!before.equals(fids.get(fid))) {
            throw new Refusal(Errno.EBADF);
        }
        if (after instanceof Fid.OpenDirectory) {
            if (openDirectories >= MOST_OPEN_DIRECTORIES) {
                throw new Refusal(Errno.EMFILE);
            }
            openDirectories++;
        }
        fids.put(fid, after);
    }

    /** Gives an open directory a new list. */
    synchronized void relist(int fid, Fid.OpenDirectory before, Fid.OpenDirectory after) throws Refusal {
        if (!fids.replace(fid, before, after)) {
            throw new Refusal(Errno.EBADF);
        }
    }

    synchronized void clunk(int fid) throws Refusal {
        Fid gone = fids.remove(fid);
        if (gone == null) {
            throw new Refusal(Errno.EBADF);
        }
        if (gone instanceof Fid.OpenDirectory) {
            openDirectories--;
        }
    }
}
