// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** An open directory that is being listed. Offsets are those it gave itself, or 0 for the start. */
interface Listing {
    byte DT_DIR = 4;
    byte DT_REG = 8;
    byte DT_LNK = 10;
    WireName DOT = WireName.of(".");
    WireName DOT_DOT = WireName.of("..");

    /**
     * Writes the entries from {@code offset} on, as many as fit.
     *
     * @param scratch native memory to work in
     */
    void list(long offset, EntryWriter out, MemorySegment scratch) throws Refusal, IOException;

    /** Has what was changed in it on disk. */
    default void synchronise() throws IOException {}

    default void retain() {}

    default void release() {}

    /** The mount's root: the leases there were when it was opened or last read from the start. */
    final class OfRoot implements Listing {
        private final InstanceLeases leases;
        private List<LeaseFolder> listed;

        OfRoot(InstanceLeases leases) {
            this.leases = leases;
            this.listed = leases.list();
        }

        @Override
        public synchronized void list(long offset, EntryWriter out, MemorySegment scratch) {
            if (offset == 0) {
                // rewinddir: POSIX wants what has come since to be seen.
                listed = leases.list();
            }
            // Offsets are 1, 2 for the dots, then 3 and on in the order of the list, whatever has ended meanwhile.
            for (long at = offset; at >= 0 && at < 2L + listed.size(); at++) {
                LeaseFolder folder = at < 2 ? null : listed.get((int) at - 2);
                if (folder != null && !folder.lease().isLive()) {
                    continue;
                }
                Qid qid = folder == null ? leases.rootQid() : folder.qid();
                WireName name = folder != null ? folder.lease().name() : at == 0 ? DOT : DOT_DOT;
                if (!out.add(qid, at + 1, DT_DIR, name.bytes())) {
                    return;
                }
            }
        }
    }

    /** A lease's folder, as it was when opened or last read from the start. */
    final class OfFolder implements Listing {
        private final LeaseFolder folder;
        private final Qid root;
        private List<WireName> listed;

        OfFolder(LeaseFolder folder, Qid root) {
            this.folder = folder;
            this.root = root;
            this.listed = folder.list();
        }

        @Override
        public synchronized void list(long offset, EntryWriter out, MemorySegment scratch) throws IOException {
            if (offset == 0) {
                listed = folder.list();
            }
            for (long at = offset; at >= 0 && at < 2L + listed.size(); at++) {
                if (at < 2) {
                    if (!out.add(at == 0 ? folder.qid() : root, at + 1, DT_DIR, (at == 0 ? DOT : DOT_DOT).bytes())) {
                        return;
                    }
                    continue;
                }
                WireName name = listed.get((int) at - 2);
                Node node;
                try {
                    node = folder.find(name);
                } catch (Refusal _) {
                    // Gone since it was listed.
                    continue;
                }
                try {
                    Qid qid = NodeState.qid(node);
                    if (!out.add(qid, at + 1, qid.type() == Qid.DIRECTORY ? DT_DIR : DT_REG, name.bytes())) {
                        return;
                    }
                } finally {
                    node.release();
                }
            }
        }
    }
}
