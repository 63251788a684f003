// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;

/**
 * A D-Bus value as a JSON object of two members, {@code {"type":"(suv)","value":["x",1,{"type":"s","value":"y"}]}}, and back. For every
 * value, what {@link #fromJson} makes of {@link #toJson}'s answer equals it, also when it was text in between. Pure; any thread.
 *
 * <ul>
 *   <li>y n q i u x t: integers.
 *   <li>b: true or false.
 *   <li>d: a number; NaN, the infinities and -0.0, which not every JSON program keeps, are {@code "0x"} and the sixteen hexadecimal
 *       digits of their bits.
 *   <li>s o g: strings. ay: base64. Other arrays, and structs: arrays.
 *   <li>Dictionaries: an object when the keys are strings, paths or signatures and no key occurs twice, else an array of pairs.
 *       {@link #fromJson} takes both.
 *   <li>v: an object of the same two members again.
 * </ul>
 */
public final class TypedJson {
    /** The depth of one value, as the D-Bus reference implementation bounds it: containers within containers, variants included. */
    static final int MAX_DEPTH = 64;

    static final String TYPE = "type";
    static final String VALUE = "value";

    private static final int MAX_TEXT = 128 << 20;
    private static final int MAX_NESTING = 1000;

    private TypedJson() {}

    /** The value as JSON. */
    public static ObjectNode toJson(MarshalledValue value) {
        try {
            return JsonWriting.typed(value.type(), value.reader());
        } catch (MarshalException e) {
            throw new IllegalStateException("a checked value could not be read: " + value, e);
        }
    }

    /**
     * The value that the JSON stands for.
     *
     * @throws MarshalException when it stands for none: members missing or unknown, a type that is none, a number out of range, text that
     *     D-Bus cannot carry, or nesting deeper than D-Bus allows
     */
    public static MarshalledValue fromJson(JsonNode json) throws MarshalException {
        return JsonReading.value(json);
    }

    /**
     * A mapper that reads as JSON text whatever {@link #toJson} makes: Jackson's usual bounds on the length of a string, a member's name and
     * on nesting are too narrow for D-Bus values. A member that occurs twice and text behind the value are errors. Thread-safe.
     */
    public static ObjectMapper mapper() {
        var factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(MAX_TEXT)
                        .maxNameLength(MAX_TEXT)
                        .maxNestingDepth(MAX_NESTING)
                        .build())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(MAX_NESTING)
                        .build())
                // The keys of a dictionary are names here. A table of names seen before would fill with them, and
                // Jackson refuses to go on
                // when too many of them collide.
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }
}
