// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.spectrum_os.portal.transport.Connection;

/**
 * Frames over one stream connection: a 32-bit big-endian length (1 to {@link Limits#FRAME_BYTES}) and that many bytes. No byte
 * behind a frame is read along with it, so that what follows may be something else.
 *
 * <p>Any thread may send; one thread receives. {@link #close} may come from any thread and wakes a blocked receive.
 */
public final class FrameChannel implements AutoCloseable {
    private final Connection connection;
    private final ReentrantLock sending = new ReentrantLock();

    public FrameChannel(Connection connection) {
        this.connection = connection;
    }

    public Connection connection() {
        return connection;
    }

    /** Writes one frame; blocks while the peer does not read. */
    public void send(byte[] content) throws IOException {
        ByteBuffer frame = frame(content);
        sending.lock();
        try {
            connection.write(frame);
        } finally {
            sending.unlock();
        }
    }

    /**
     * Writes one frame, or gives up; then the channel is closed, since it may hold half a frame.
     *
     * @param longest for all of it, other senders' turns included
     * @throws SocketTimeoutException if the peer did not take it in time
     */
    public void send(byte[] content, Duration longest) throws IOException {
        ByteBuffer frame = frame(content);
        long deadline = System.nanoTime() + longest.toNanos();
        try {
            if (!sending.tryLock(longest.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SocketTimeoutException("the peer did not take an earlier message");
            }
            try {
                connection.write(frame, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            } finally {
                sending.unlock();
            }
        } catch (SocketTimeoutException e) {
            close();
            throw new SocketTimeoutException("the peer did not take a message within " + longest.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another message was being sent");
        }
    }

    private static ByteBuffer frame(byte[] content) throws ProtocolException {
        if (content.length < 1 || content.length > Limits.FRAME_BYTES) {
            throw new ProtocolException("a message of " + content.length + " bytes does not fit a frame");
        }
        return ByteBuffer.allocate(4 + content.length)
                .putInt(content.length)
                .put(content)
                .flip();
    }

    /**
     * Waits for the next frame.
     *
     * @param idle how long to wait for it to begin; zero waits for ever
     * @throws EOFException           if the peer closed the connection between two frames
     * @throws SocketTimeoutException if nothing came in time
     * @throws ProtocolException      if it is too long, or stopped half-way
     */
    public byte[] receive(Duration idle) throws IOException {
        var header = ByteBuffer.allocate(4);
        header.limit(1);
        if (connection.read(header, idle) < 0) {
            throw new EOFException("the peer closed the link");
        }
        header.limit(4);
        long deadline = System.nanoTime() + Limits.FRAME.toNanos();
        fill(header, deadline);
        int length = header.flip().getInt();
        if (length < 1 || length > Limits.FRAME_BYTES) {
            throw new ProtocolException("frame length " + Integer.toUnsignedString(length) + ", allowed are 1 to "
                    + Limits.FRAME_BYTES + " bytes");
        }
        var content = ByteBuffer.allocate(length);
        fill(content, deadline);
        return content.array();
    }

    /** One deadline for the whole frame: a peer that sends a byte now and then must not hold the reader. */
    private void fill(ByteBuffer buffer, long deadline) throws IOException {
        while (buffer.hasRemaining()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new ProtocolException("half a frame, then nothing for " + Limits.FRAME.toSeconds() + " s");
            }
            int count;
            try {
                count = connection.read(buffer, Duration.ofNanos(left));
            } catch (SocketTimeoutException e) {
                throw new ProtocolException("half a frame, then nothing for " + Limits.FRAME.toSeconds() + " s", e);
            }
            if (count < 0) {
                throw new ProtocolException("half a frame, then the end of the stream");
            }
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
