// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.spectrum_os.portal.transport.FileLocks;

/**
 * The ranges that one open file has locked, by the guest's process that asked. Linux sends an unlocking of everything whenever a process that has
 * inherited the open file closes it, so one process's word must not end what another holds. Not thread-safe.
 */
final class OwnedLocks {
    private final Map<Integer, HeldLocks> byProcess = new HashMap<>();
    private int count;

    /** Pieces, of all processes. */
    int count() {
        return count;
    }

    boolean has(int process) {
        return byProcess.containsKey(process);
    }

    int mostAdded(int process, FileLocks.Range range) {
        HeldLocks held = byProcess.get(process);
        return (held == null ? new HeldLocks() : held).mostAdded(range);
    }

    /** The process has locked or unlocked a range. */
    void changed(int process, FileLocks.Range range) {
        HeldLocks held = byProcess.computeIfAbsent(process, _ -> new HeldLocks());
        int before = held.count();
        held.changed(range);
        count += held.count() - before;
        if (held.count() == 0) {
            byProcess.remove(process);
        }
    }

    /** The parts of a range that only {@code process}, if any, has locked. */
    List<FileLocks.Range> ofNobodyElse(int process, FileLocks.Range range) {
        if (byProcess.size() == 1 && byProcess.containsKey(process)) {
            return List.of(range);
        }
        var others = new ArrayList<HeldLocks.Span>();
        byProcess.forEach((other, held) -> {
            if (other != process) {
                held.addWithin(range, others);
            }
        });
        others.sort(Comparator.comparingLong(HeldLocks.Span::first));
        var parts = new ArrayList<FileLocks.Range>();
        long next = range.start();
        for (HeldLocks.Span taken : others) {
            if (taken.first() > next) {
                parts.add(new FileLocks.Range(range.kind(), next, taken.first() - next));
            }
            if (taken.last() == Long.MAX_VALUE) {
                return parts;
            }
            next = Math.max(next, taken.last() + 1);
        }
        long last = HeldLocks.last(range);
        if (next <= last) {
            parts.add(new FileLocks.Range(range.kind(), next, last == Long.MAX_VALUE ? 0 : last - next + 1));
        }
        return parts;
    }
}
