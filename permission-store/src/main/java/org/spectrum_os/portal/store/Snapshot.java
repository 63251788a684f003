// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Writing {@code store.jsonl} anew: all entries as of one moment. */
final class Snapshot {
    private static final int BUFFER = 1 << 16;

    private Snapshot() {}

    /**
     * Replaces the store's file, as a whole or not at all, and removes the journals that it covers.
     *
     * @param header says which journal follows
     * @return its size in bytes
     */
    static long write(
            StoreFolder folder, Line.Header header, Instant now, List<Tables.Row> rows, List<Line.Foreign> foreign)
            throws IOException {
        Path fresh = folder.path().resolve("store.jsonl.new");
        // Only an interrupted write can have left it.
        Files.deleteIfExists(fresh);
        long size;
        try (FileChannel file = FileChannel.open(
                fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), StoreFolder.PRIVATE_FILE)) {
            var out = new BufferedOutputStream(Channels.newOutputStream(file), BUFFER);
            out.write(LineWriting.write(header, now));
            for (Tables.Row row : rows) {
                out.write(LineWriting.write(new Line.Set(row.table(), row.id(), row.entry()), null));
            }
            for (Line.Foreign line : foreign) {
                out.write(LineWriting.write(line, null));
            }
            out.flush();
            file.force(true);
            size = file.size();
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        Files.move(fresh, folder.store(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        folder.sync();
        for (Path covered : folder.journals().headMap(header.number()).values()) {
            Files.delete(covered);
        }
        return size;
    }
}
