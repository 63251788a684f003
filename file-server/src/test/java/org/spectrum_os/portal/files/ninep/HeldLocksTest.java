// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.transport.FileLocks;

/** The count of ranges against a model of one byte at a time. */
class HeldLocksTest {
    private static final int BYTES = 24;
    private static final java.util.List<FileLocks.Kind> KINDS =
            java.util.List.of(FileLocks.Kind.SHARED, FileLocks.Kind.EXCLUSIVE, FileLocks.Kind.NONE);

    @Test
    void countsAsTheKernelDoes() {
        var random = new Random(4);
        for (int round = 0; round < 2000; round++) {
            var held = new HeldLocks();
            var model = new FileLocks.Kind[BYTES + 1];
            java.util.Arrays.fill(model, FileLocks.Kind.NONE);
            for (int step = 0; step < 30; step++) {
                int start = random.nextInt(BYTES);
                // The last place stands for all that is behind.
                int length = random.nextInt(6) == 0 ? 0 : 1 + random.nextInt(BYTES - start);
                var range = new FileLocks.Range(KINDS.get(random.nextInt(3)), start, length);
                int most = held.count() + held.mostAdded(range);
                java.util.Arrays.fill(model, start, length == 0 ? BYTES + 1 : start + length, range.kind());
                held.changed(range);
                int ranges = 0;
                for (int i = 0; i <= BYTES; i++) {
                    if (model[i] != FileLocks.Kind.NONE && (i == 0 || model[i - 1] != model[i])) {
                        ranges++;
                    }
                }
                assertEquals(ranges, held.count());
                assertTrue(held.count() <= most);
            }
        }
    }
}
