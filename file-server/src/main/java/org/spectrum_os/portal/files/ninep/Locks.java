// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import org.spectrum_os.portal.transport.FileLocks;

/**
 * Advisory locks. They are the host's own, and belong to the open file of one fid, so guests and host processes see each other's. A file
 * lent for reading is one open file for everybody: there the guest's kernel alone keeps its processes apart.
 */
final class Locks {
    private Locks() {}

    static Reply lock(Request.Lock request, Fid fid) throws Refusal, IOException {
        FileLocks.Range range = range(request.type(), request.start(), request.length());
        return new Reply.Locked(isShared(fid) || open(fid).tryLock(range, request.process()));
    }

    static Reply get(Request.GetLock request, Fid fid) throws Refusal, IOException {
        FileLocks.Range asked = range(request.type(), request.start(), request.length());
        if (isShared(fid) || asked.kind() == FileLocks.Kind.NONE) {
            return found(FileLocks.Kind.NONE, asked, request);
        }
        FileLocks.Range inTheWay = FileLocks.inTheWay(open(fid).descriptor(), asked);
        return found(inTheWay.kind(), inTheWay, request);
    }

    private static Reply found(FileLocks.Kind kind, FileLocks.Range range, Request.GetLock request) {
        byte type = switch (kind) {
            case SHARED -> 0;
            case EXCLUSIVE -> 1;
            case NONE -> 2;
        };
        return new Reply.LockFound(type, range.start(), range.length(), request.process(), request.client());
    }

    private static Handle open(Fid fid) throws Refusal {
        if (fid instanceof Fid.OpenFile file) {
            return file.open();
        }
        throw new Refusal(Errno.EBADF);
    }

    private static boolean isShared(Fid fid) {
        return fid.node() instanceof Node.InFolder file && !file.lease().isWritable();
    }

    private static FileLocks.Range range(byte type, long start, long length) throws Refusal {
        FileLocks.Kind kind = switch (type) {
            case 0 -> FileLocks.Kind.SHARED;
            case 1 -> FileLocks.Kind.EXCLUSIVE;
            case 2 -> FileLocks.Kind.NONE;
            default -> throw new Refusal(Errno.EINVAL);
        };
        if (start < 0 || length < 0 || start + length < 0) {
            throw new Refusal(Errno.EINVAL);
        }
        return new FileLocks.Range(kind, start, length);
    }
}
