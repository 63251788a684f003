// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages that carry descriptors: one system call each. */
final class DescriptorMessages {
    private DescriptorMessages() {}

    /** Blocks while the peer does not read, and not longer than until {@code deadline} if there is one. */
    static void send(
            SharedSocket socket, Peer peer, ByteBuffer message, List<Descriptor> descriptors, @Nullable Long deadline)
            throws IOException {
        try (var _ = socket.use();
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = nativeCopy(arena, message);
            MemorySegment header = Ancillary.toSend(arena, bytes, descriptors);
            long sent = deadline == null
                    ? socket.retried("sendmsg", () -> Libc.sendmsg(socket.number(), header, 0))
                    : socket.send(
                            arena,
                            "sendmsg",
                            deadline,
                            peer,
                            () -> Libc.sendmsg(socket.number(), header, Libc.MSG_DONTWAIT));
            if (sent != bytes.byteSize()) {
                throw new IOException("message of " + bytes.byteSize() + " bytes cut to " + sent);
            }
            message.position(message.limit());
        }
    }

    /** What came, after something has. */
    static Connection.Received receive(SharedSocket socket, Arena arena, int maxBytes, int maxDescriptors)
            throws IOException {
        MemorySegment bytes = arena.allocate(maxBytes, 8);
        MemorySegment header = Ancillary.toReceive(arena, bytes, maxDescriptors);
        long count = Libc.recvmsg(socket.number(), header);
        List<Descriptor> descriptors = Ancillary.received(header);
        if (socket.isClosed()) {
            descriptors.forEach(Descriptor::close);
            throw new ClosedChannelException();
        }
        // The control buffer is padded to 8 bytes, so the kernel may find room for one descriptor more than asked for.
        if (Ancillary.truncated(header) || descriptors.size() > maxDescriptors) {
            descriptors.forEach(Descriptor::close);
            throw new TruncatedMessageException("a message larger than " + maxBytes + " bytes or with more than "
                    + maxDescriptors + " descriptors, or this process may open no more files");
        }
        var copy = ByteBuffer.allocate((int) count);
        copy.put(bytes.asSlice(0, count).asByteBuffer()).flip();
        return new Connection.Received(copy, descriptors);
    }

    /** The same bytes where the kernel can reach them. */
    static MemorySegment nativeCopy(Arena arena, ByteBuffer from) {
        if (from.isDirect()) {
            return MemorySegment.ofBuffer(from);
        }
        MemorySegment copy = arena.allocate(Math.max(1, from.remaining())).asSlice(0, from.remaining());
        copy.copyFrom(MemorySegment.ofBuffer(from));
        return copy;
    }
}
