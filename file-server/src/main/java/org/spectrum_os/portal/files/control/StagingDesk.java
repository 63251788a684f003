// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.control;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.files.ninep.Staging;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;

/**
 * Has carried out what the file server asks of the backend: each call on a thread of its own, so that no instance waits for another's
 * disk, and as many at once for an instance as the file server may ask for. What it asks beyond is not answered, so that neither threads
 * nor descriptors pile up, should disks not answer or the file server be in wrong hands. Thread-safe.
 */
final class StagingDesk {
    private final Connection control;
    private final FileServerClient.Events events;
    /** Whose each lease is. */
    private final Map<String, String> owners = new ConcurrentHashMap<>();

    private final Map<String, Integer> underWay = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("file-server-staging-", 0).daemon().factory());

    StagingDesk(Connection control, FileServerClient.Events events) {
        this.control = control;
        this.events = events;
    }

    /** Its guest may ask from now on. */
    void lent(String instance, String lease) {
        owners.put(lease, instance);
    }

    void ended(String lease) {
        owners.remove(lease);
    }

    /** What a call brings: a descriptor, or none. */
    @FunctionalInterface
    private interface Call {
        @Nullable
        Descriptor run() throws IOException;
    }

    void stage(ControlMessage.Stage asked) {
        boolean _ = begin(
                asked.lease(), asked.id(), new ControlMessage.Staged(asked.id()), () -> events.stage(asked.lease()));
    }

    /** {@code staged} is this object's from now on. */
    void install(ControlMessage.Install asked, Descriptor staged) {
        boolean begun = begin(asked.lease(), asked.id(), new ControlMessage.Installed(asked.id()), () -> {
            try (staged) {
                events.install(asked.lease(), asked.name(), staged);
                return null;
            }
        });
        if (!begun) {
            staged.close();
        }
    }

    private boolean begin(String lease, long id, ControlMessage.StagingAnswer done, Call call) {
        String owner = owners.get(lease);
        if (owner == null || underWay.merge(owner, 1, Integer::sum) > Staging.AT_ONCE) {
            if (owner != null) {
                end(owner);
            }
            return false;
        }
        threads.execute(() -> {
            ControlMessage.StagingAnswer answer = new ControlMessage.NotDone(id, ErrnoException.EIO);
            Descriptor got = null;
            try {
                got = call.run();
                answer = done;
            } catch (IOException e) {
                answer = new ControlMessage.NotDone(id, errno(e));
            } finally {
                // Before the answer, after which the next may be asked.
                end(owner);
                send(answer, got);
            }
        });
        return true;
    }

    private void end(String owner) {
        underWay.computeIfPresent(owner, (_, count) -> count == 1 ? null : count - 1);
    }

    /** What a guest may learn of why: its disk is full, it may not, or the host's file is another by now. */
    private static int errno(IOException e) {
        return e instanceof ErrnoException known
                ? switch (known.errno()) {
                    case ErrnoException.ENOSPC,
                            ErrnoException.EDQUOT,
                            ErrnoException.EACCES,
                            ErrnoException.EROFS,
                            ErrnoException.ESTALE -> known.errno();
                    default -> ErrnoException.EIO;
                }
                : ErrnoException.EIO;
    }

    private void send(ControlMessage.StagingAnswer answer, @Nullable Descriptor descriptor) {
        try (descriptor) {
            control.sendWithDescriptors(
                    ControlCodec.encode(answer),
                    descriptor == null ? List.of() : List.of(descriptor),
                    FileServerClient.TIMEOUT);
        } catch (IOException _) {
            // The receiving thread sees the same end and reports it; or the file server takes no answers, and has none.
        }
    }

    /** Nothing more is begun. */
    void stop() {
        threads.shutdown();
    }
}
