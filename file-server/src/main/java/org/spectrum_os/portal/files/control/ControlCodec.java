// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.spectrum_os.portal.protocol.MessageCodec;
import org.spectrum_os.portal.protocol.ProtocolException;

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

    static <M extends ControlMessage> M decode(ByteBuffer packet, Class<M> side) throws ProtocolException {
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
