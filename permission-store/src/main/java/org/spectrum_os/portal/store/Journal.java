// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;

/** The file to which changes are appended. Used by one thread. */
final class Journal implements AutoCloseable {
    private final long number;
    private final FileChannel file;
    private long length;
    private boolean broken;

    private Journal(long number, FileChannel file, long length) {
        this.number = number;
        this.file = file;
        this.length = length;
    }

    /** A new one, empty but for its header, that lasts. */
    static Journal create(StoreFolder folder, long number, Instant now, Instant latest) throws IOException {
        var path = folder.journal(number);
        FileChannel file = FileChannel.open(
                path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), StoreFolder.PRIVATE_FILE);
        try {
            var journal = new Journal(number, file, 0);
            journal.append(ByteBuffer.wrap(
                    LineWriting.write(new Line.Header(LineWriting.JOURNAL, number, latest, Unknown.NONE), now)));
            folder.sync();
            return journal;
        } catch (IOException e) {
            file.close();
            java.nio.file.Files.deleteIfExists(path);
            throw e;
        }
    }

    /** Goes on with one that is there. What is behind {@code length} was never acknowledged, and goes. */
    static Journal resume(StoreFolder folder, long number, long length) throws IOException {
        FileChannel file = FileChannel.open(folder.journal(number), StandardOpenOption.WRITE);
        try {
            if (file.size() > length) {
                file.truncate(length);
                file.force(true);
            }
            return new Journal(number, file, length);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    long number() {
        return number;
    }

    long length() {
        return length;
    }

    /** Whether the file might not hold what it should: then only a new one will do. */
    boolean broken() {
        return broken;
    }

    /** Appends whole lines. When this returns they are on the disk; when it throws, none of them is. */
    void append(ByteBuffer lines) throws IOException {
        long end = length + lines.remaining();
        try {
            long at = length;
            while (lines.hasRemaining()) {
                at += file.write(lines, at);
            }
            file.force(false);
            length = end;
        } catch (IOException e) {
            takeBack(e);
            throw e;
        } catch (RuntimeException | Error e) {
            // Nobody knows how much of it was written.
            broken = true;
            throw e;
        }
    }

    /** After a failed fsync nobody knows what the disk holds, so that file is not written any more. */
    private void takeBack(IOException cause) {
        try {
            file.truncate(length);
            file.force(true);
        } catch (IOException e) {
            broken = true;
            cause.addSuppressed(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
