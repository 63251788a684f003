// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileContent;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.FolderNode;

/** A directory of the host, listed as the kernel gives it: its offsets are handed on, and nothing is kept. */
final class HostListing implements Listing {
    /** In {@code linux_dirent64}. */
    private static final int OFFSET_AT = 8;

    private static final int LENGTH_AT = 16;
    private static final int TYPE_AT = 18;
    private static final int NAME_AT = 19;
    private static final byte DT_UNKNOWN = 0;

    private final Handle open;
    private final long key;
    private final long device;
    private final Qid own;
    /** What the dots stand for at the top of what was lent: the host's directory above is nobody's business. */
    private final Qid above;

    private final boolean isTop;
    /** Where the descriptor stands, if {@code inStep}. */
    private long position;

    private boolean inStep = true;

    /**
     * Takes over {@code open}.
     *
     * @param above the folder's qid, if {@code node} is what was lent
     */
    HostListing(Node.Host node, Handle open, Qid above) throws IOException {
        FileNode.Status status = FileNode.status(open.descriptor());
        this.open = open;
        this.key = node.lease().key();
        this.device = status.device();
        this.own = Qid.of(key, status);
        this.above = above;
        this.isTop = node.depth() == 0;
    }

    @Override
    public synchronized void list(long offset, EntryWriter out, MemorySegment scratch) throws IOException {
        Descriptor directory = open.descriptor();
        if (!inStep || offset != position) {
            FileContent.seekEntries(directory, offset);
            position = offset;
        }
        inStep = false;
        while (true) {
            // Not much more than fits: the rest would be read twice.
            long ask = Math.min(scratch.byteSize(), Math.max(1024, out.room()));
            int bytes = FileContent.readEntries(directory, scratch.asSlice(0, ask));
            if (bytes == 0) {
                inStep = true;
                return;
            }
            for (int at = 0; at < bytes; at += Short.toUnsignedInt(scratch.get(JAVA_SHORT_UNALIGNED, at + LENGTH_AT))) {
                long next = scratch.get(JAVA_LONG_UNALIGNED, at + OFFSET_AT);
                if (!add(directory, scratch, at, next, out)) {
                    return;
                }
                position = next;
            }
        }
    }

    private boolean add(Descriptor directory, MemorySegment entries, int at, long next, EntryWriter out)
            throws IOException {
        byte[] name = name(entries, at + NAME_AT);
        if (name.length == 1 && name[0] == '.') {
            return out.add(own, next, DT_DIR, name);
        }
        long inode = entries.get(JAVA_LONG_UNALIGNED, at);
        if (name.length == 2 && name[0] == '.' && name[1] == '.') {
            return out.add(isTop ? above : qid(Qid.DIRECTORY, inode), next, DT_DIR, name);
        }
        byte type = visibleType(directory, entries.get(JAVA_BYTE, at + TYPE_AT), name);
        return switch (type) {
            case DT_REG -> out.add(qid(Qid.FILE, inode), next, type, name);
            case DT_DIR -> out.add(qid(Qid.DIRECTORY, inode), next, type, name);
            case DT_LNK -> out.add(qid(Qid.LINK, inode), next, type, name);
            default -> true;
        };
    }

    private Qid qid(byte type, long inode) {
        return new Qid(type, 1, Qid.path(key, device, inode));
    }

    /** The entry's type, or {@link #DT_UNKNOWN} if the guest is not to see it, or it is gone. */
    private byte visibleType(Descriptor directory, byte type, byte[] name) throws IOException {
        try {
            return switch (type) {
                case DT_REG -> type;
                case DT_LNK ->
                    WireName.ofBytes(FolderNode.readLink(directory, name)).isDownwardTarget() ? type : DT_UNKNOWN;
                // A file system may be mounted there; and some do not tell the type.
                case DT_DIR, DT_UNKNOWN -> {
                    FileNode.Status status = FileNode.status(directory, name);
                    if (status.isMount()) {
                        yield DT_UNKNOWN;
                    }
                    if (status.isDirectory()) {
                        yield DT_DIR;
                    }
                    if (status.isSymbolicLink()) {
                        yield visibleType(directory, DT_LNK, name);
                    }
                    yield status.isRegularFile() ? DT_REG : DT_UNKNOWN;
                }
                default -> DT_UNKNOWN;
            };
        } catch (ErrnoException _) {
            // Removed or replaced since it was listed.
            return DT_UNKNOWN;
        }
    }

    private static byte[] name(MemorySegment entries, int start) {
        int end = start;
        while (entries.get(JAVA_BYTE, end) != 0) {
            end++;
        }
        return entries.asSlice(start, end - start).toArray(JAVA_BYTE);
    }

    @Override
    public void synchronise() throws IOException {
        FileContent.sync(open.descriptor());
    }

    @Override
    public void retain() {
        open.retain();
    }

    @Override
    public void release() {
        open.release();
    }
}
