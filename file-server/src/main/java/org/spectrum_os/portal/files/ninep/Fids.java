// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fids of one connection since its last Tversion. Bounded by the instance's allowance; thread-safe. */
final class Fids {
    private final Allowance allowance;
    private final Map<Integer, Fid> fids = new HashMap<>();
    private boolean closed;

    Fids(Allowance allowance) {
        this.allowance = allowance;
    }

    /** What the fid stands for, held until the operation is over. */
    synchronized Fid get(int fid, Operation operation) throws Refusal {
        Fid found = fids.get(fid);
        if (found == null) {
            throw new Refusal(Errno.EBADF);
        }
        found.retain();
        operation.releaseAtEnd(found);
        return found;
    }

    /**
     * Lets {@code fid} stand for {@code node}; it must be new, or {@code replacing} the fid the walk started from.
     *
     * @param node taken over unless this throws
     */
    synchronized void put(int fid, Node node, boolean replacing) throws Refusal {
        Fid old = fids.get(fid);
        if (closed || fid == Request.NO_FID || (old != null && (!replacing || !(old instanceof Fid.Walked)))) {
            throw new Refusal(Errno.EINVAL);
        }
        if (old == null) {
            if (replacing) {
                throw new Refusal(Errno.EBADF);
            }
            allowance.takeFid();
        }
        fids.put(fid, new Fid.Walked(node));
        if (old != null) {
            old.release();
        }
    }

    /**
     * Opens a fid that still stands for {@code before}.
     *
     * @param after taken over unless this throws
     */
    synchronized void open(int fid, Fid.Walked before, Fid after) throws Refusal {
        if (!before.equals(fids.get(fid))) {
            throw new Refusal(Errno.EBADF);
        }
        fids.put(fid, after);
        before.release();
    }

    /** Takes the fid away; the caller holds what it stood for now. */
    synchronized Fid remove(int fid) throws Refusal {
        @Nullable Fid gone = fids.remove(fid);
        if (gone == null) {
            throw new Refusal(Errno.EBADF);
        }
        allowance.giveFidsBack(1);
        return gone;
    }

    /** Ends them all; none can be added afterwards. */
    void close() {
        List<Fid> ending;
        synchronized (this) {
            closed = true;
            ending = new ArrayList<>(fids.values());
            fids.clear();
        }
        allowance.giveFidsBack(ending.size());
        for (Fid fid : ending) {
            if (fid instanceof Fid.OpenFile(Node.InFolder(LeaseFolder folder, FolderFile file), Handle open)) {
                folder.abandoned(file);
            }
            fid.release();
        }
    }
}
