// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Understands answers: strict about what is needed of them, indifferent to members that are not. */
final class ReplyReader {
    /** A list of ports has under 1 kB, that of processes some 30 bytes for each processor. */
    static final int MOST_BYTES = 64 * 1024;

    private static final int DEPTH = 16;
    private static final int MOST_PORT = 255;
    private static final int MOST_ID = 0xffff;

    private static final ObjectReader READER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH)
                            .maxDocumentLength(MOST_BYTES)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    private ReplyReader() {}

    /** An answer that is none; the message completes "crosvm answered with ...". */
    static final class NonsenseException extends Exception {
        NonsenseException(String what) {
            super(what);
        }
    }

    static Reply read(ByteBuffer packet) throws NonsenseException {
        byte[] bytes = new byte[packet.remaining()];
        packet.get(bytes);
        JsonNode root;
        try {
            root = READER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new NonsenseException("what is no JSON");
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
        if (root.isTextual()) {
            return new Reply.Other();
        }
        if (!root.isObject() || root.size() != 1) {
            throw new NonsenseException("JSON that is no answer");
        }
        Map.Entry<String, JsonNode> only = root.properties().iterator().next();
        JsonNode value = only.getValue();
        return switch (only.getKey()) {
            case "UsbResponse" -> usb(value);
            case "Err" -> new Reply.Err(number(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case "VcpuPidTidResponse" -> pids(value);
            default -> new Reply.Other();
        };
    }

    private static Reply usb(JsonNode value) throws NonsenseException {
        if (value.isTextual()) {
            for (Reply.Word word : Reply.Word.values()) {
                if (word.name.equals(value.textValue())) {
                    return word;
                }
            }
            return new Reply.Other();
        }
        if (!value.isObject() || value.size() != 1) {
            throw new NonsenseException("JSON that is no answer about USB");
        }
        Map.Entry<String, JsonNode> only = value.properties().iterator().next();
        return switch (only.getKey()) {
            case "Ok" -> new Reply.Ok(number(only.getValue().get("port"), 0, MOST_PORT));
            case "Devices" -> devices(only.getValue());
            default -> new Reply.Other();
        };
    }

    private static Reply devices(JsonNode entries) throws NonsenseException {
        if (!entries.isArray() || entries.size() != Request.PORTS) {
            throw new NonsenseException("a list that has not " + Request.PORTS + " ports");
        }
        var slots = new ArrayList<Reply.Slot>();
        for (JsonNode entry : entries) {
            int port = number(entry.get("port"), 0, MOST_PORT);
            var slot = new Reply.Slot(
                    number(entry.get("vendor_id"), 0, MOST_ID), number(entry.get("product_id"), 0, MOST_ID));
            boolean empty = slot.equals(Reply.Slot.EMPTY);
            if (port != slots.size() + 1 && !(port == 0 && empty)) {
                throw new NonsenseException("a list of ports that were not asked for");
            }
            slots.add(slot);
        }
        return new Reply.Devices(slots);
    }

    private static Reply pids(JsonNode value) throws NonsenseException {
        JsonNode map = value.get("pid_tid_map");
        if (map == null || !map.isObject()) {
            throw new NonsenseException("a list of processes without processes");
        }
        var pids = new HashSet<Integer>();
        for (JsonNode entry : map) {
            if (!entry.isArray() || entry.size() != 2) {
                throw new NonsenseException("a list of processes that are none");
            }
            pids.add(number(entry.get(0), 1, Integer.MAX_VALUE));
        }
        return new Reply.Pids(pids);
    }

    private static int number(@Nullable JsonNode node, int least, int most) throws NonsenseException {
        if (node == null || !node.isIntegralNumber() || !node.canConvertToInt()) {
            throw new NonsenseException("no whole number where one belongs");
        }
        int value = node.intValue();
        if (value < least || value > most) {
            throw new NonsenseException("a number that cannot be");
        }
        return value;
    }
}
