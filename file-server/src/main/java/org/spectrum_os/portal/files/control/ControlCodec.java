// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.spectrum_os.portal.protocol.MessageCodec;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;

/** Control messages to JSON and back, as strictly as the link's. */
final class ControlCodec {
    private static final ObjectMapper MAPPER = MessageCodec.strictMapper();

    private ControlCodec() {}

    static ByteBuffer encode(ControlMessage message) throws ProtocolException {
        try {
            byte[] json = MAPPER.writeValueAsBytes(message);
            if (json.length > ControlMessage.MOST_BYTES) {
                throw new ProtocolException("a control message of " + json.length + " bytes does not fit a packet");
            }
            return ByteBuffer.wrap(json);
        } catch (JsonProcessingException e) {
            throw new ProtocolException("cannot write " + message.getClass().getSimpleName(), e);
        }
    }

    /** The message of a packet that has just the descriptors that belong to it; if it is none, they are closed. */
    static <M extends ControlMessage> M decode(Connection.Received packet, Class<M> side) throws ProtocolException {
        try {
            M message = decode(packet.bytes(), side);
            if (message.descriptors() != packet.descriptors().size()) {
                throw new ProtocolException(message.getClass().getSimpleName() + " with "
                        + packet.descriptors().size() + " descriptors, " + message.descriptors() + " belong to it");
            }
            return message;
        } catch (ProtocolException e) {
            packet.descriptors().forEach(Descriptor::close);
            throw e;
        }
    }

    private static <M extends ControlMessage> M decode(ByteBuffer packet, Class<M> side) throws ProtocolException {
        byte[] json = new byte[packet.remaining()];
        packet.get(json);
        try {
            M message = MAPPER.readValue(json, side);
            if (message == null) {
                throw new ProtocolException("a control packet holds null");
            }
            return message;
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException e) {
            throw new ProtocolException(
                    "a control packet is no known message: " + e.getClass().getSimpleName(), e);
        }
    }
}
