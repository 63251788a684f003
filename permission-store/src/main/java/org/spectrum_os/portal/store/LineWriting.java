// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.store.json.TypedJson;

/** Lines of the store's files, to JSON. The format is docs/store.md. */
final class LineWriting {
    static final String STORE = "spectrum-portal-store";
    static final String JOURNAL = "spectrum-portal-journal";
    static final int VERSION = 1;

    private static final End INSTANCE_STOPS = new End.InstanceStops();
    private static final End POLICY = new End.Policy();

    /** For reading as well. */
    static final ObjectMapper MAPPER = mapper();

    private LineWriting() {}

    private static ObjectMapper mapper() {
        // What is not understood is written again to the last digit.
        return TypedJson.mapper()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);
    }

    /** The line's bytes, its newline included. {@code at} is not written if null. */
    static byte[] write(Line line, @Nullable Instant at) throws IOException {
        var bytes = new ByteArrayOutputStream(160);
        try (JsonGenerator out = MAPPER.createGenerator(bytes)) {
            write(line, at, out);
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    private static void write(Line line, @Nullable Instant at, JsonGenerator out) throws IOException {
        if (line instanceof Line.Foreign(JsonNode object)) {
            out.writeTree(object);
            return;
        }
        out.writeStartObject();
        switch (line) {
            case Line.Header(String format, long number, Instant latest, Unknown unknown) -> {
                out.writeStringField("format", format);
                out.writeNumberField("version", VERSION);
                out.writeNumberField("journal", number);
                writeTime(at, out);
                out.writeStringField("latest", latest.toString());
                write(unknown, out);
            }
            case Line.Set(String table, String id, Entry entry) -> {
                begin("set", at, table, id, out);
                writeData(entry.data(), out);
                out.writeObjectFieldStart("permissions");
                for (String app : entry.permissions().apps()) {
                    out.writeFieldName(app);
                    write(java.util.Objects.requireNonNull(entry.permissions().get(app)), out);
                }
                out.writeEndObject();
                write(entry.unknown(), out);
            }
            case Line.Data(String table, String id, MarshalledValue data) -> {
                begin("data", at, table, id, out);
                writeData(data, out);
            }
            case Line.Allow(String table, String id, String app, Permission permission) -> {
                begin("permission", at, table, id, out);
                out.writeStringField("app", app);
                out.writeFieldName("permission");
                write(permission, out);
            }
            case Line.Forbid(String table, String id, String app, EndReason why) -> {
                begin("remove-permission", at, table, id, out);
                out.writeStringField("app", app);
                writeReason(why, out);
            }
            case Line.Delete(String table, String id, EndReason why) -> {
                begin("delete", at, table, id, out);
                writeReason(why, out);
            }
            case Line.Foreign _ -> throw new IllegalStateException("written above");
        }
        out.writeEndObject();
    }

    private static void begin(String op, @Nullable Instant at, String table, String id, JsonGenerator out)
            throws IOException {
        out.writeStringField("op", op);
        writeTime(at, out);
        out.writeStringField("table", table);
        out.writeStringField("id", id);
    }

    private static void writeTime(@Nullable Instant at, JsonGenerator out) throws IOException {
        if (at != null) {
            out.writeStringField("at", at.toString());
        }
    }

    private static void writeReason(@Nullable EndReason why, JsonGenerator out) throws IOException {
        if (why != null) {
            out.writeStringField("why", why.toString());
        }
    }

    static void writeData(MarshalledValue data, JsonGenerator out) throws IOException {
        out.writeFieldName("data");
        out.writeTree(TypedJson.toJson(data));
    }

    static void write(Unknown unknown, JsonGenerator out) throws IOException {
        for (var member : unknown.members().entrySet()) {
            out.writeFieldName(member.getKey());
            out.writeTree(member.getValue());
        }
    }

    static void write(Permission permission, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeArrayFieldStart("access");
        for (String word : permission.access()) {
            out.writeString(word);
        }
        out.writeEndArray();
        out.writeStringField("created", permission.created().toString());
        switch (permission.end()) {
            case End.Never() -> {}
            case End.At(Instant when) -> {
                out.writeObjectFieldStart("end");
                out.writeStringField("at", when.toString());
                out.writeEndObject();
            }
            case End.Uses(long most) -> {
                out.writeObjectFieldStart("end");
                out.writeNumberField("uses", most);
                out.writeEndObject();
            }
            case End.InstanceStops() -> out.writeStringField("end", INSTANCE_STOPS.word());
            case End.Policy() -> out.writeStringField("end", POLICY.word());
        }
        if (!permission.reason().isEmpty()) {
            out.writeStringField("reason", permission.reason());
        }
        if (permission.uses() > 0) {
            out.writeNumberField("uses", permission.uses());
        }
        write(permission.unknown(), out);
        out.writeEndObject();
    }
}
