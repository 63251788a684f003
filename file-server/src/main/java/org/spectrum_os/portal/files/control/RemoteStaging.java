// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.control;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.spectrum_os.portal.files.ninep.Staging;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;

/** Has files staged and installed by the backend, through the control socket. */
final class RemoteStaging implements Staging {
    /** The backend answers before; what comes later is dropped. */
    private static final long TIMEOUT_SECONDS = 12;

    private final Connection control;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<List<Descriptor>>> waiting = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    RemoteStaging(Connection control) {
        this.control = control;
    }

    @Override
    public Descriptor stage(String lease) throws IOException {
        long id = ids.incrementAndGet();
        List<Descriptor> got = call(id, new ControlMessage.Stage(id, lease), List.of());
        if (got.size() != 1) {
            throw new ErrnoException("staging a file", ErrnoException.EIO);
        }
        return got.getFirst();
    }

    @Override
    public void install(String lease, String name, Descriptor staged) throws IOException {
        long id = ids.incrementAndGet();
        call(id, new ControlMessage.Install(id, lease, name), List.of(staged)).forEach(Descriptor::close);
    }

    private List<Descriptor> call(long id, ControlMessage.FromServer question, List<Descriptor> descriptors)
            throws IOException {
        var answer = new CompletableFuture<List<Descriptor>>();
        waiting.put(id, answer);
        try {
            if (stopped) {
                throw new IOException("the backend is gone");
            }
            control.sendWithDescriptors(ControlCodec.encode(question), descriptors);
            return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
        } catch (TimeoutException e) {
            throw givenUp(answer, new IOException("the backend did not answer for " + TIMEOUT_SECONDS + " s", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw givenUp(answer, new IOException("interrupted while waiting for the backend", e));
        } finally {
            waiting.remove(id);
        }
    }

    /** An answer that came in the last moment must not leave its descriptor open. */
    private static IOException givenUp(CompletableFuture<List<Descriptor>> answer, IOException why) {
        if (!answer.cancel(false) && answer.state() == Future.State.SUCCESS) {
            answer.resultNow().forEach(Descriptor::close);
        }
        return why;
    }

    /** Hands an answer to whoever waits for it; closes its descriptors if nobody does. */
    void answered(ControlMessage.StagingAnswer answer, List<Descriptor> descriptors) {
        CompletableFuture<List<Descriptor>> question = waiting.remove(answer.id());
        boolean taken = question != null
                && switch (answer) {
                    case ControlMessage.Staged staged -> question.complete(descriptors);
                    case ControlMessage.Installed installed -> question.complete(List.of());
                    case ControlMessage.NotDone failed ->
                        question.completeExceptionally(new ErrnoException("the backend", failed.errno()));
                };
        if (!taken) {
            descriptors.forEach(Descriptor::close);
        }
    }

    /** Nothing is answered any more. */
    void stop() {
        stopped = true;
        waiting.values().forEach(answer -> answer.completeExceptionally(new IOException("the backend is gone")));
    }
}
