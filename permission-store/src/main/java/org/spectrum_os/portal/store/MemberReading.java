// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the members of a line may be: the value that the parser is at, or why it is none. */
final class MemberReading {
    private static final ObjectReader TREES =
            LineWriting.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private MemberReading() {}

    static <T> T need(@Nullable T value, String member) throws LineReading.DamagedException {
        if (value == null) {
            throw new LineReading.DamagedException("\"" + member + "\" is missing");
        }
        return value;
    }

    static JsonNode tree(JsonParser in) throws IOException {
        return TREES.readTree(in);
    }

    static void object(JsonParser in, String member) throws LineReading.DamagedException {
        if (!in.isExpectedStartObjectToken()) {
            throw new LineReading.DamagedException("\"" + member + "\" must be an object");
        }
    }

    static String text(JsonParser in) throws IOException, LineReading.DamagedException {
        if (!in.hasToken(JsonToken.VALUE_STRING)) {
            throw new LineReading.DamagedException("\"" + in.currentName() + "\" must be a text");
        }
        return in.getText();
    }

    static long count(JsonParser in) throws IOException, LineReading.DamagedException {
        if (!in.hasToken(JsonToken.VALUE_NUMBER_INT)
                || in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                || in.getLongValue() < 0) {
            throw new LineReading.DamagedException("\"" + in.currentName() + "\" must be a whole number from 0");
        }
        return in.getLongValue();
    }

    static Instant time(JsonParser in) throws IOException, LineReading.DamagedException {
        return time(text(in));
    }

    static Instant time(String text) throws LineReading.DamagedException {
        try {
            return Times.parse(text);
        } catch (DateTimeException e) {
            throw new LineReading.DamagedException("there is a time unlike 2026-01-31T12:00:00Z");
        }
    }

    static Map<String, JsonNode> unknown(@Nullable Map<String, JsonNode> members, String name, JsonParser in)
            throws IOException {
        Map<String, JsonNode> more = members == null ? new LinkedHashMap<>() : members;
        more.put(name, tree(in));
        return more;
    }

    static Unknown unknownOf(@Nullable Map<String, JsonNode> members) {
        return members == null ? Unknown.NONE : Unknown.of(members);
    }
}
