// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.MessageCodec;

/**
 * One message as one line of JSON and back, as strictly as the guest's link ({@link MessageCodec#strictMapper}) but with this
 * contract's sizes. Thread-safe.
 */
public final class ContractCodec {
    private static final ObjectMapper MAPPER = mapper();

    private ContractCodec() {}

    private static ObjectMapper mapper() {
        ObjectMapper mapper = MessageCodec.strictMapper();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(Limits.JSON_DEPTH)
                        .maxStringLength(ContractLimits.TO_WINDOW_BYTES)
                        .maxNameLength(256)
                        .maxNumberLength(32)
                        .maxDocumentLength(ContractLimits.TO_WINDOW_BYTES)
                        .build());
        return mapper;
    }

    /** The line for {@code message}, without its line feed; it holds none. */
    public static byte[] encode(ToWindow message) throws ContractException {
        return encode(message, ToWindow.class, ContractLimits.TO_WINDOW_BYTES);
    }

    /** The line for {@code message}, without its line feed; it holds none. */
    public static byte[] encode(FromWindow message) throws ContractException {
        return encode(message, FromWindow.class, ContractLimits.FROM_WINDOW_BYTES);
    }

    private static <M> byte[] encode(M message, Class<M> side, int most) throws ContractException {
        byte[] line;
        try {
            line = MAPPER.writerFor(side).writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new ContractException("cannot write " + message.getClass().getSimpleName(), e);
        }
        if (line.length > most) {
            throw new ContractException("a message of " + line.length + " bytes, at most " + most + " fit a line");
        }
        return line;
    }

    /** Reads what the backend said. */
    public static ToWindow decodeToWindow(byte[] line) throws ContractException {
        return decode(line, ToWindow.class, ContractLimits.TO_WINDOW_BYTES);
    }

    /** Reads what the window process said. */
    public static FromWindow decodeFromWindow(byte[] line) throws ContractException {
        return decode(line, FromWindow.class, ContractLimits.FROM_WINDOW_BYTES);
    }

    private static <M> M decode(byte[] line, Class<M> side, int most) throws ContractException {
        if (line.length > most) {
            throw new ContractException("a line of " + line.length + " bytes, at most " + most + " are allowed");
        }
        try {
            M message = MAPPER.readValue(line, side);
            if (message == null) {
                throw new ContractException("a line holds null");
            }
            return message;
        } catch (ContractException e) {
            throw e;
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            // Jackson's own message may quote the line; a null where a list was due surfaces from the record's
            // constructor.
            throw new ContractException(
                    "a line is no " + side.getSimpleName() + " message: "
                            + e.getClass().getSimpleName(),
                    e);
        }
    }
}
