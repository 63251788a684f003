// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.vm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import org.spectrum_os.portal.protocol.FrameChannel;
import org.spectrum_os.portal.protocol.MessageCodec;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.transport.Connection;

/** Messages between host and VM, as strictly parsed as the link's. Any thread may send; one receives. */
final class VmChannel implements AutoCloseable {
    private static final ObjectMapper MAPPER = MessageCodec.strictMapper();

    private final FrameChannel frames;

    VmChannel(Connection connection) {
        frames = new FrameChannel(connection);
    }

    Connection connection() {
        return frames.connection();
    }

    /** Writes one message, or gives up after {@code longest}: then the channel is closed. */
    void send(VmMessage message, Duration longest) throws IOException {
        try {
            frames.send(MAPPER.writeValueAsBytes(message), longest);
        } catch (JsonProcessingException e) {
            throw new ProtocolException("cannot write " + message.getClass().getSimpleName(), e);
        }
    }

    /**
     * Waits for the next message.
     *
     * @param idle zero waits for ever
     * @throws ProtocolException if what came is none of {@code side}
     */
    <M extends VmMessage> M receive(Class<M> side, Duration idle) throws IOException {
        byte[] json = frames.receive(idle);
        try {
            M message = MAPPER.readValue(json, side);
            if (message == null) {
                throw new ProtocolException("a frame holds null");
            }
            return message;
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException e) {
            throw new ProtocolException(
                    "a frame holds no known message: " + e.getClass().getSimpleName(), e);
        }
    }

    @Override
    public void close() {
        frames.close();
    }
}
