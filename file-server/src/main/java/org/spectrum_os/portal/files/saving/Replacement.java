// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.saving;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.FileState;
import org.spectrum_os.portal.transport.FolderNode;

/** One file in the place of another. */
public final class Replacement {
    private static final int ALL_MAY = 0777;
    private static final int GROUP_MAY = 0070;
    private static final int EINVAL = 22;
    private static final int ENOSYS = 38;
    private static final int EOPNOTSUPP = 95;

    private Replacement() {}

    /** What became of an attempt. */
    public enum Outcome {
        /** The new file has the name, and the old one the hidden name if that still exists. */
        REPLACED,
        /** Another than the old file had the name, or none, and that is so still. */
        NOT_THE_OLD_FILE
    }

    /** As {@link FolderNode#exchange}. */
    @FunctionalInterface
    interface Exchange {
        void names(Descriptor folder, String one, String other) throws IOException;
    }

    /**
     * Gives a new file mode and group of the old one, without set-id bits; never more to anybody than the old file allowed.
     *
     * @param hadAcl whether an access control list stood beside the old one's mode: it does not go over, and what looked like the group's
     *     bits was its mask
     * @throws ErrnoException EACCES if the old file belongs to another user
     */
    public static void prepare(Descriptor fresh, FileNode.Status old, boolean hadAcl) throws IOException {
        FileNode.Status now = FileNode.status(fresh);
        if (now.owner() != old.owner()) {
            throw new ErrnoException("replace another user's file", ErrnoException.EACCES);
        }
        // The folder may have handed one down.
        FileState.removeAcl(fresh);
        int mode = old.permissions() & ALL_MAY;
        if (hadAcl) {
            mode &= ~GROUP_MAY;
        }
        if (now.group() != old.group()) {
            try {
                FileState.changeGroup(fresh, old.group());
            } catch (ErrnoException e) {
                if (e.errno() != ErrnoException.EPERM) {
                    throw e;
                }
                // Not a group of this user's: what everybody may, its members may as well.
                mode = (mode & ~GROUP_MAY) | (((mode & 7) << 3) & mode);
            }
        }
        FileState.changeMode(fresh, mode);
    }

    /**
     * Lets the file under a hidden name and the one that is lent change names, in one step. If it turns out that it was not the lent one any
     * more, because somebody replaced it in the last moment, they change back: nobody's file is lost. On a file system that cannot exchange
     * names, the old one is looked at once more and replaced, and such a moment goes unnoticed.
     *
     * @param hidden    of the new file, from {@link HiddenNames}; stays, whoever has it then
     * @param exchanged called when it is done and not yet known to be right
     * @throws IOException if it failed; nothing has the hidden name but what had it, or what somebody put under the other name meanwhile
     */
    public static Outcome replace(
            Descriptor folder, String hidden, String name, FileNode.Status old, Runnable exchanged) throws IOException {
        return replace(folder, hidden, name, old, exchanged, FolderNode::exchange);
    }

    static Outcome replace(
            Descriptor folder, String hidden, String name, FileNode.Status old, Runnable exchanged, Exchange exchange)
            throws IOException {
        try {
            exchange.names(folder, hidden, name);
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case ErrnoException.ENOENT -> Outcome.NOT_THE_OLD_FILE;
                case EINVAL, ENOSYS, EOPNOTSUPP -> renamed(folder, hidden, name, old, exchanged);
                default -> throw e;
            };
        }
        exchanged.run();
        if (isSame(folder, hidden, old)) {
            return Outcome.REPLACED;
        }
        exchange.names(folder, hidden, name);
        return Outcome.NOT_THE_OLD_FILE;
    }

    private static Outcome renamed(
            Descriptor folder, String hidden, String name, FileNode.Status old, Runnable exchanged) throws IOException {
        if (!isSame(folder, name, old)) {
            return Outcome.NOT_THE_OLD_FILE;
        }
        FolderNode.rename(folder, hidden, folder, name);
        exchanged.run();
        return Outcome.REPLACED;
    }

    private static boolean isSame(Descriptor folder, String name, FileNode.Status expected) throws IOException {
        return isSame(folder, name, expected.device(), expected.inode());
    }

    private static boolean isSame(Descriptor folder, String name, long device, long inode) throws IOException {
        try {
            FileNode.Status found = FileNode.status(folder, name.getBytes(StandardCharsets.UTF_8));
            return found.device() == device && found.inode() == inode;
        } catch (ErrnoException e) {
            if (e.errno() == ErrnoException.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    /** Takes a hidden name away if it is still that of the file with this number, and leaves it if it has become somebody else's. */
    public static void remove(Descriptor folder, String hidden, long device, long inode) throws IOException {
        if (isSame(folder, hidden, device, inode)) {
            FolderNode.unlink(folder, hidden);
        }
    }
}
