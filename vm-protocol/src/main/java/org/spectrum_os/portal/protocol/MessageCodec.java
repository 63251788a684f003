// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;

/**
 * JSON to closed types and back, strictly: unknown properties, missing properties, repeated properties, coerced types, trailing
 * content and nesting beyond {@link Limits#JSON_DEPTH} are all refused. Thread-safe.
 */
public final class MessageCodec {
    private static final ObjectMapper MAPPER = strictMapper();

    private MessageCodec() {}

    /** A mapper with this protocol's strictness, for the project's other JSON contracts. */
    public static ObjectMapper strictMapper() {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(Limits.JSON_DEPTH)
                        .maxStringLength(Limits.FRAME_BYTES)
                        .maxNameLength(256)
                        .maxNumberLength(32)
                        .maxDocumentLength(Limits.FRAME_BYTES)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // A parse error must not carry the guest's bytes into a log.
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .build();
        return JsonMapper.builder(factory)
                // Null is a value only where a record says so, and those are whole numbers.
                .defaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.FAIL, Nulls.FAIL))
                .withConfigOverride(
                        Integer.class, type -> type.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.SET)))
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                        DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .build();
    }

    /** One message as JSON. */
    public static byte[] encode(Framed message) throws ProtocolException {
        return encodeJson(message);
    }

    static byte[] encodeJson(Object message) throws ProtocolException {
        try {
            byte[] json = MAPPER.writeValueAsBytes(message);
            if (json.length > Limits.FRAME_BYTES) {
                throw new ProtocolException("a message of " + json.length + " bytes does not fit a frame");
            }
            return json;
        } catch (JsonProcessingException e) {
            throw new ProtocolException("cannot write " + message.getClass().getSimpleName(), e);
        }
    }

    /**
     * Reads one message of the family {@code side}.
     *
     * @throws ProtocolException if the bytes are anything else
     */
    public static <M extends Framed> M decode(byte[] json, Class<M> side) throws ProtocolException {
        return decodeJson(json, side);
    }

    static <M> M decodeJson(byte[] json, Class<M> side) throws ProtocolException {
        if (json.length > Limits.FRAME_BYTES) {
            throw new ProtocolException("frame of " + json.length + " bytes, at most " + Limits.FRAME_BYTES);
        }
        try {
            M message = MAPPER.readValue(json, side);
            if (message == null) {
                throw new ProtocolException("frame holds null");
            }
            return message;
        } catch (ProtocolException e) {
            throw e;
        } catch (JsonProcessingException e) {
            // Jackson's own message may quote the input.
            throw new ProtocolException(
                    "frame is not a known message: " + e.getClass().getSimpleName(), e);
        } catch (IOException | IllegalArgumentException e) {
            throw new ProtocolException("frame is not a known message", e);
        }
    }
}
