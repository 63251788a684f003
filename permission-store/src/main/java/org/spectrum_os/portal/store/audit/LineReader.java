// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Understands lines. Whatever stands in a file, the outcome is an {@link AuditLine} or a reason.
 *
 * @param vm the VM whose folder it is; null for the host's, and for a log of the time before each VM had a folder
 * @param everybody whether lines of VMs stand here, too
 */
record LineReader(@Nullable String vm, boolean everybody) {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    /** Why a line cannot be read, in words that complete "line 3 is ...". */
    static final class UnreadableException extends Exception {
        UnreadableException(String why) {
            super(why);
        }
    }

    AuditLine read(LineFile.Line line) throws UnreadableException {
        return switch (line) {
            case LineFile.Line.TooLong() -> throw new UnreadableException("longer than any event");
            case LineFile.Line.Whole(var bytes) -> read(bytes);
        };
    }

    private AuditLine read(ByteBuffer bytes) throws UnreadableException {
        String text;
        JsonNode json;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
            json = JSON.readTree(text);
        } catch (CharacterCodingException e) {
            throw new UnreadableException("not UTF-8");
        } catch (JsonProcessingException e) {
            throw new UnreadableException("not JSON");
        }
        if (!(json instanceof ObjectNode object)) {
            throw new UnreadableException("not a JSON object");
        }
        String event = object.path("event").asText("");
        if (event.isEmpty()) {
            throw new UnreadableException("without the word that says which event it is");
        }
        return new AuditLine(instance(object), time(object), event, fields(object), text);
    }

    private static Instant time(ObjectNode object) throws UnreadableException {
        try {
            Instant time = Instant.parse(object.path("time").asText(""));
            if (!time.isBefore(EARLIEST) && time.isBefore(LATEST)) {
                return time;
            }
        } catch (DateTimeException e) {
            throw new UnreadableException("without a time");
        }
        throw new UnreadableException("of a time that cannot be");
    }

    private String instance(ObjectNode object) {
        if (vm != null) {
            return vm;
        }
        String claimed = object.path("instance").asText("");
        if (!claimed.isEmpty()) {
            return isVm(claimed) && !everybody ? AuditSource.HOST_FOLDER : claimed;
        }
        String source = object.path("source").asText("");
        boolean ofVm = isVm(source) && !source.equals(AuditSource.Host.STRANGERS.word());
        return ofVm && everybody ? source : AuditSource.HOST_FOLDER;
    }

    private static boolean isVm(String name) {
        return AuditSource.ofInstance(name) instanceof AuditSource.Vm;
    }

    private static LinkedHashMap<String, String> fields(ObjectNode object) {
        var fields = new LinkedHashMap<String, String>();
        object.forEachEntry((name, value) -> {
            if (!name.equals("time") && !name.equals("event") && !name.equals("instance")) {
                fields.put(name, value.isValueNode() ? value.asText() : value.toString());
            }
        });
        return fields;
    }
}
