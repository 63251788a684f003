// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.Connection;

/**
 * The requests of one connection that are not answered yet, and the only way to answer them. Its lock is held while a reply is
 * written, so replies are whole, and none can follow the Rflush that cancelled it. Thread-safe.
 */
final class Replies {
    /** What a Tversion starts: everything of the time before is void. */
    record Epoch(int msize, Fids fids) {}

    /** A request not yet answered. */
    static final class Pending {
        final int tag;
        final Request request;
        final Epoch epoch;
        private boolean flushed;
        private MemorySegment data = MemorySegment.NULL;
        private Performance.@Nullable Charged memory;

        private Pending(int tag, Request request, Epoch epoch) {
            this.tag = tag;
            this.request = request;
            this.epoch = epoch;
        }

        /** What a write brought, in memory that is given back when it has been carried out, or will not be. */
        void data(MemorySegment data, Performance.@Nullable Charged memory) {
            this.data = data;
            this.memory = memory;
        }

        MemorySegment data() {
            return data;
        }

        void releaseData() {
            Performance.Charged charged = memory;
            memory = null;
            if (charged != null) {
                charged.close();
            }
        }
    }

    private final Connection connection;
    private final ReentrantLock order = new ReentrantLock();
    private final Map<Integer, Pending> outstanding = new HashMap<>();

    Replies(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    Pending expect(int tag, Request request, Epoch epoch) throws MalformedMessageException {
        var pending = new Pending(tag, request, epoch);
        order.lock();
        try {
            if (outstanding.putIfAbsent(tag, pending) != null) {
                throw new MalformedMessageException("a tag that is still in use");
            }
            return pending;
        } finally {
            order.unlock();
        }
    }

    boolean isFlushed(Pending pending) {
        order.lock();
        try {
            return pending.flushed;
        } finally {
            order.unlock();
        }
    }

    /** Forgets every request; none of them will be answered. */
    void flushAll() {
        order.lock();
        try {
            outstanding.values().forEach(pending -> pending.flushed = true);
            outstanding.clear();
        } finally {
            order.unlock();
        }
    }

    /** Answers a Tflush; the request it names is not answered any more, if it has not been already. */
    void flush(Pending flush, int oldTag) throws IOException {
        order.lock();
        try {
            Pending old = outstanding.get(oldTag);
            if (old != null && old != flush) {
                old.flushed = true;
                outstanding.remove(oldTag);
            }
            send(flush, Reply.Done.FLUSHED);
        } finally {
            order.unlock();
        }
    }

    /** Answers a request that touches no lease. */
    void send(Pending pending, Reply reply) throws IOException {
        ByteBuffer out = ReplyBuffer.current().small();
        ReplyEncoder.encode(reply, pending.tag, out);
        order.lock();
        try {
            outstanding.remove(pending.tag, pending);
            connection.write(out);
        } finally {
            order.unlock();
        }
    }

    /**
     * Answers a request. From here on it counts: either it was flushed and nothing has happened, or it has happened and is answered.
     *
     * @param out the reply if the lease is still live and the change to the fids possible
     */
    void answer(Pending pending, Operation operation, ByteBuffer out) throws IOException {
        // While it waits for its turn, for a guest that takes no replies, it must hold up no lease.
        operation.worked();
        order.lock();
        try {
            if (pending.flushed) {
                return;
            }
            outstanding.remove(pending.tag, pending);
            ByteBuffer reply = out;
            try {
                if (!operation.answer()) {
                    throw new Refusal(Errno.ESTALE);
                }
                operation.commit();
            } catch (Refusal e) {
                reply = refused(e, pending);
            }
            connection.write(reply);
        } finally {
            order.unlock();
        }
    }

    static ByteBuffer refused(Refusal refusal, Pending pending) {
        ByteBuffer out = ReplyBuffer.current().small();
        ReplyEncoder.encode(new Reply.Failed(refusal.errno()), pending.tag, out);
        return out;
    }
}
