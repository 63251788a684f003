// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON that remembers where each value stood, so that a problem can be reported with its line. */
sealed interface LocatedJson {
    Place place();

    /** A place in the file, both numbers from 1. */
    record Place(int line, int column) {
        private static Place of(JsonLocation location) {
            return new Place(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
        }
    }

    /** A value under its key, and where the key stood. */
    record Member(Place keyPlace, LocatedJson value) {}

    record Obj(Place place, Map<String, Member> members) implements LocatedJson {}

    record Text(Place place, String value) implements LocatedJson {}

    record Whole(Place place, long value) implements LocatedJson {}

    record Many(Place place, List<LocatedJson> items) implements LocatedJson {}

    record Truth(Place place, boolean value) implements LocatedJson {}

    /** Anything a policy has no use for. */
    record Other(Place place, String kind) implements LocatedJson {}

    /** Nesting beyond this has no meaning in a policy. */
    int DEPTH = 16;

    /** Reads a whole document; comments with {@code //} and {@code #} are allowed, since people write this file. */
    static LocatedJson parse(String text) throws JsonProcessingException {
        JsonFactory factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(DEPTH).build())
                .build();
        try (JsonParser parser = factory.createParser(text)) {
            if (parser.nextToken() == null) {
                return new Other(new Place(1, 1), "nothing");
            }
            LocatedJson value = value(parser);
            if (parser.nextToken() != null) {
                return new Other(Place.of(parser.currentTokenLocation()), "a second value behind the first");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("reading from a string", e);
        }
    }

    private static LocatedJson value(JsonParser parser) throws IOException {
        Place place = Place.of(parser.currentTokenLocation());
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                var members = new LinkedHashMap<String, Member>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    Place keyPlace = Place.of(parser.currentTokenLocation());
                    String key = parser.currentName();
                    parser.nextToken();
                    members.put(key, new Member(keyPlace, value(parser)));
                }
                yield new Obj(place, members);
            }
            case VALUE_STRING -> new Text(place, parser.getText());
            case VALUE_NUMBER_INT -> {
                boolean fits = parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
                yield fits ? new Whole(place, parser.getLongValue()) : new Other(place, "a number far too large");
            }
            case START_ARRAY -> {
                var items = new ArrayList<LocatedJson>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield new Many(place, items);
            }
            case VALUE_TRUE, VALUE_FALSE -> new Truth(place, token == JsonToken.VALUE_TRUE);
            case VALUE_NULL -> new Other(place, "null");
            default -> new Other(place, "a fraction");
        };
    }

    /** What this value is, in words. */
    default String describe() {
        return switch (this) {
            case Obj obj -> "an object";
            case Text text -> "the text \"" + text.value() + "\"";
            case Whole whole -> "the number " + whole.value();
            case Many many -> "a list";
            case Truth truth -> "true or false";
            case Other other -> other.kind();
        };
    }
}
