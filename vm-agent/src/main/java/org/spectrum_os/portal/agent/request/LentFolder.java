// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.request;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.spectrum_os.portal.protocol.LentFile;

/**
 * The folder in which lent files appear, by default {@code /run/portal}. Paths are strings throughout: a file name may hold any
 * character, whatever the locale the agent was started in.
 */
public final class LentFolder {
    /** A look at a mounted file asks the host's file server; one that does not answer must not hold a request for ever. */
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final String mountPoint;
    private final Predicate<String> exists;
    private final Duration patience;

    /**
     * A folder.
     *
     * @param mountPoint an absolute path
     * @param exists     whether a path leads to something; may block
     */
    public LentFolder(String mountPoint, Predicate<String> exists) {
        this(mountPoint, exists, LOOK);
    }

    LentFolder(String mountPoint, Predicate<String> exists, Duration patience) {
        this.mountPoint = mountPoint.length() > 1 && mountPoint.endsWith("/")
                ? mountPoint.substring(0, mountPoint.length() - 1)
                : mountPoint;
        this.exists = exists;
        this.patience = patience;
    }

    /** Where the guest finds {@code file}. */
    public String path(LentFile file) {
        return mountPoint + "/" + file.lease() + "/" + file.name();
    }

    /** Whether the file is there now. Waits some seconds for a file server that does not answer, then says no. */
    boolean sees(LentFile file) {
        String path = path(file);
        var found = new AtomicBoolean();
        Thread look = Thread.ofPlatform().daemon().name("look").start(() -> found.set(exists.test(path)));
        try {
            return look.join(patience) && found.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
