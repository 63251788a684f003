// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Where a signature goes. A file appears under its name when the signature is whole and not before; until then it is a hidden file beside
 * it, which is gone when this program is ended by a signal that can be caught.
 */
final class SignatureFile implements AutoCloseable {
    private final OutputStream stream;
    private final @Nullable Path target;
    private final @Nullable Path part;
    private final boolean replace;
    private final boolean standard;
    private final @Nullable Thread atExit;

    private SignatureFile(
            OutputStream stream, @Nullable Path target, @Nullable Path part, boolean replace, boolean standard) {
        this.stream = stream;
        this.target = target;
        this.part = part;
        this.replace = replace;
        this.standard = standard;
        if (part == null) {
            this.atExit = null;
        } else {
            this.atExit = new Thread(() -> discard(part));
            Runtime.getRuntime().addShutdownHook(atExit);
        }
    }

    /** Standard output, which shows what comes while it comes. */
    static SignatureFile standardOutput() {
        return new SignatureFile(new FileOutputStream(FileDescriptor.out), null, null, false, true);
    }

    /**
     * A file.
     *
     * @param name    what is no ordinary file, such as a device, is written to directly
     * @param replace whether a file of that name may be replaced
     * @throws FileAlreadyExistsException if it may not
     */
    static SignatureFile file(String name, boolean replace) throws IOException {
        Path named = Path.of(name);
        if (Files.exists(named)) {
            if (!Files.isRegularFile(named)) {
                return new SignatureFile(new FileOutputStream(name), null, null, true, false);
            }
            if (!replace) {
                throw new FileAlreadyExistsException(name);
            }
        }
        // A link stays, and what it leads to is replaced.
        Path target = Files.exists(named) ? named.toRealPath() : named;
        Path part = target.resolveSibling("." + target.getFileName() + "."
                + Long.toHexString(ThreadLocalRandom.current().nextLong()));
        return new SignatureFile(
                Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                target,
                part,
                replace,
                false);
    }

    OutputStream stream() {
        return stream;
    }

    /** The signature is whole. */
    void finish() throws IOException {
        closeStream();
        if (target == null || part == null) {
            return;
        }
        if (replace) {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } else if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString());
        } else {
            Files.move(part, target);
        }
    }

    /** Standard output stays open: status lines may follow there. */
    private void closeStream() throws IOException {
        if (!standard) {
            stream.close();
        }
    }

    private static void discard(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException _) {
            // Its folder went away or may not be changed any more; the file says by its name what it was.
        }
    }

    /** What is not finished is gone. */
    @Override
    public void close() throws IOException {
        closeStream();
        if (part != null) {
            discard(part);
        }
        if (atExit != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException _) {
                // It is running.
            }
        }
    }
}
