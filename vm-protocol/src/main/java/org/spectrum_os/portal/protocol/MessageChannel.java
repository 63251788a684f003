// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.spectrum_os.portal.transport.Connection;

/**
 * Messages over one stream connection, each as JSON in one frame of a {@link FrameChannel}.
 *
 * <p>Any thread may send; one thread receives. {@link #close} may come from any thread and wakes a blocked receive.
 */
public final class MessageChannel implements AutoCloseable {
    private final FrameChannel frames;

    public MessageChannel(Connection connection) {
        frames = new FrameChannel(connection);
    }

    public Connection connection() {
        return frames.connection();
    }

    /** Writes one message; blocks while the peer does not read. */
    public void send(Framed message) throws IOException {
        frames.send(MessageCodec.encode(message));
    }

    /**
     * Writes one message, or gives up; then the channel is closed, since it may hold half a frame.
     *
     * @param longest for all of it, other senders' turns included
     * @throws SocketTimeoutException if the peer did not take it in time
     */
    public void send(Framed message, Duration longest) throws IOException {
        frames.send(MessageCodec.encode(message), longest);
    }

    /**
     * Waits for the next message.
     *
     * @param side the family to read, such as {@code Message.FromGuest.class} or {@code UsbMessage.FromHost.class}
     * @param idle how long to wait for a frame to begin; zero waits for ever
     * @throws EOFException                    if the peer closed the connection between two frames
     * @throws SocketTimeoutException if nothing came in time
     * @throws ProtocolException               if what came is no message, is too long, or stopped half-way
     */
    public <M extends Framed> M receive(Class<M> side, Duration idle) throws IOException {
        return MessageCodec.decode(frames.receive(idle), side);
    }

    @Override
    public void close() {
        frames.close();
    }
}
