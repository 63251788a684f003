// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;

/**
 * JSON that was a value before somebody edited it, the same in each run ({@code -Dfuzz.rounds=N} for more, {@code -Dfuzz.seed=N} for
 * others): it is refused, or it is a value; nothing else is thrown.
 */
@Timeout(1800)
class HostileJsonTest {
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 100_000);
    private static final ObjectMapper JSON = TypedJson.mapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Random random = new Random(Long.getLong("fuzz.seed", 20_260_102L));
    private final RandomValues values = new RandomValues(random);

    @Test
    void editedJsonIsRefusedOrIsAValue() throws Exception {
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            JsonNode json = TypedJson.toJson(values.next());
            for (int edits = 1 + random.nextInt(2); edits > 0; edits--) {
                json = edited(json);
            }
            try {
                MarshalledValue value = TypedJson.fromJson(json);
                byte[] text = JSON.writeValueAsBytes(TypedJson.toJson(value));
                assertEquals(value, TypedJson.fromJson(JSON.readTree(text)));
            } catch (MarshalException e) {
                refused++;
            }
        }
        assertTrue(refused > ROUNDS / 20 && refused < ROUNDS, refused + " of " + ROUNDS);
    }

    private JsonNode edited(JsonNode json) {
        if (!json.isContainerNode() || json.isEmpty() || random.nextInt(8) == 0) {
            return other(json);
        }
        int at = random.nextInt(json.size());
        if (json instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(at);
            switch (random.nextInt(12)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(values.text(), scalar());
                default -> object.set(name, edited(object.path(name)));
            }
        } else if (json instanceof ArrayNode array) {
            switch (random.nextInt(12)) {
                case 0 -> array.remove(at);
                case 1 -> array.insert(at, scalar());
                default -> array.set(at, edited(array.path(at)));
            }
        }
        return json;
    }

    private JsonNode other(JsonNode json) {
        return switch (random.nextInt(6)) {
            case 0 -> NODES.arrayNode().add(json);
            case 1 -> NODES.objectNode().put("type", values.type(3)).set("value", json);
            case 2 -> json.isTextual() ? NODES.textNode(json.textValue() + values.type(1)) : NODES.objectNode();
            default -> scalar();
        };
    }

    private JsonNode scalar() {
        return switch (random.nextInt(14)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(random.nextBoolean());
            case 2 -> NODES.numberNode(random.nextLong());
            case 3 -> NODES.numberNode(new BigInteger(80, random));
            case 4 -> NODES.numberNode(new BigDecimal("1e999999999"));
            case 5 -> NODES.numberNode(Double.longBitsToDouble(random.nextLong()));
            case 6 -> NODES.numberNode((float) random.nextGaussian());
            case 7 -> NODES.binaryNode(new byte[] {1, 2});
            case 8 -> NODES.pojoNode(new Object());
            case 9 -> NODES.missingNode();
            case 10 -> NODES.textNode("a".repeat(random.nextInt(300)) + values.type(2));
            case 11 -> NODES.textNode(String.valueOf((char) random.nextInt(0x10000)));
            case 12 -> NODES.arrayNode();
            default -> NODES.textNode(values.text());
        };
    }
}
