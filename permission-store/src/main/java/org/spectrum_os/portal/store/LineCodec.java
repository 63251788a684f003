// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.store.json.TypedJson;

/** Lines of the store's files, between JSON and {@link Line}. The format is docs/store.md. Not thread-safe: it keeps texts that come again. */
final class LineCodec {
    static final String STORE = "spectrum-portal-store";
    static final String JOURNAL = "spectrum-portal-journal";
    static final int VERSION = 1;

    private static final End NEVER = new End.Never();
    private static final End INSTANCE_STOPS = new End.InstanceStops();
    private static final End POLICY = new End.Policy();
    private static final int MOST_KEPT = 4096;
    private static final JsonMapper MAPPER = mapper();
    private static final ObjectReader READER = MAPPER.reader()
            .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Set<String> HEADER_MEMBERS = Set.of("format", "version", "journal", "at", "latest");
    private static final Set<String> SET_MEMBERS = Set.of("op", "at", "table", "id", "data", "permissions");
    private static final Set<String> PERMISSION_MEMBERS = Set.of("access", "created", "end", "reason", "uses");

    /** What comes again and again: applications, access lists, times. */
    private final Map<Object, Object> kept = new HashMap<>();

    /** A line that cannot be understood, and why. */
    static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1;

        DamagedException(String message) {
            super(message);
        }
    }

    private static JsonMapper mapper() {
        return JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxStringLength(Store.LARGEST_CHANGE * 2)
                                .maxNestingDepth(1000)
                                .build())
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
    }

    /** Writes JSON as the lines are written. */
    static JsonGenerator generator(java.io.OutputStream out) throws IOException {
        return MAPPER.createGenerator(out);
    }

    /**
     * A line as it was read.
     *
     * @param at when it was written, if it says so
     */
    record Stamped(Line line, @Nullable Instant at) {}

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

    /** Reads one line, without its newline. */
    Stamped read(byte[] bytes, int offset, int length) throws DamagedException {
        JsonNode json;
        try {
            json = READER.readTree(bytes, offset, length);
        } catch (JsonProcessingException e) {
            throw new DamagedException(e.getOriginalMessage());
        } catch (IOException e) {
            throw new DamagedException(String.valueOf(e.getMessage()));
        }
        if (!(json instanceof ObjectNode object)) {
            throw new DamagedException("it is no JSON object");
        }
        try {
            Instant at = object.has("at") ? time(object, "at") : null;
            return new Stamped(object.has("format") ? header(object) : line(object), at);
        } catch (MarshalException e) {
            throw new DamagedException(String.valueOf(e.getMessage()));
        }
    }

    private Line header(ObjectNode object) throws DamagedException {
        JsonNode version = object.get("version");
        if (version == null || !version.isInt() || version.intValue() != VERSION) {
            throw new DamagedException("its version is " + version + "; this program reads version " + VERSION);
        }
        JsonNode number = object.get("journal");
        if (number == null || !number.canConvertToLong() || !number.isIntegralNumber() || number.longValue() < 1) {
            throw new DamagedException("\"journal\" must be a number from 1");
        }
        return new Line.Header(
                text(object, "format"), number.longValue(), time(object, "latest"), unknown(object, HEADER_MEMBERS));
    }

    private Line line(ObjectNode object) throws DamagedException, MarshalException {
        return switch (text(object, "op")) {
            case "set" -> new Line.Set(keep(text(object, "table")), text(object, "id"), entry(object));
            case "data" -> new Line.Data(keep(text(object, "table")), text(object, "id"), data(object));
            case "permission" ->
                new Line.Allow(
                        keep(text(object, "table")),
                        text(object, "id"),
                        keep(text(object, "app")),
                        permission(object.get("permission")));
            case "remove-permission" ->
                new Line.Forbid(text(object, "table"), text(object, "id"), text(object, "app"), null);
            case "delete" -> new Line.Delete(text(object, "table"), text(object, "id"), null);
            default -> new Line.Foreign(object);
        };
    }

    private Entry entry(ObjectNode object) throws DamagedException, MarshalException {
        if (!(object.get("permissions") instanceof ObjectNode apps)) {
            throw new DamagedException("\"permissions\" must be an object");
        }
        var permissions = new HashMap<String, Permission>();
        for (var app : apps.properties()) {
            permissions.put(keep(app.getKey()), permission(app.getValue()));
        }
        return new Entry(data(object), Permissions.of(permissions), unknown(object, SET_MEMBERS));
    }

    private MarshalledValue data(ObjectNode object) throws DamagedException, MarshalException {
        JsonNode data = object.get("data");
        if (data == null) {
            throw new DamagedException("\"data\" is missing");
        }
        return keep(TypedJson.fromJson(data));
    }

    private Permission permission(@Nullable JsonNode json) throws DamagedException {
        if (!(json instanceof ObjectNode object)) {
            throw new DamagedException("a permission must be an object");
        }
        JsonNode words = object.get("access");
        if (words == null || !words.isArray()) {
            throw new DamagedException("\"access\" must be an array");
        }
        var access = new ArrayList<String>();
        for (JsonNode word : words) {
            if (!word.isTextual()) {
                throw new DamagedException("\"access\" must hold texts");
            }
            access.add(keep(word.textValue()));
        }
        return new Permission(
                keep(List.copyOf(access)),
                keep(time(object, "created")),
                end(object.get("end")),
                object.has("reason") ? text(object, "reason") : "",
                object.has("uses") ? count(object, "uses") : 0,
                unknown(object, PERMISSION_MEMBERS));
    }

    private static End end(@Nullable JsonNode json) throws DamagedException {
        if (json == null) {
            return NEVER;
        }
        if (json.isTextual() && json.textValue().equals(INSTANCE_STOPS.word())) {
            return INSTANCE_STOPS;
        }
        if (json.isTextual() && json.textValue().equals(POLICY.word())) {
            return POLICY;
        }
        if (json.isObject() && json.size() == 1 && json.has("at")) {
            return new End.At(time(json, "at"));
        }
        if (json.isObject() && json.size() == 1 && json.has("uses")) {
            long most = count(json, "uses");
            if (most >= 1 && most <= End.Uses.LARGEST) {
                return new End.Uses(most);
            }
        }
        // An end that is not understood might be one that has come: what it ends must not last for ever instead.
        throw new DamagedException("\"end\" is not understood");
    }

    private static String text(JsonNode object, String member) throws DamagedException {
        JsonNode value = object.get(member);
        if (value == null || !value.isTextual()) {
            throw new DamagedException("\"" + member + "\" must be a text");
        }
        return value.textValue();
    }

    private static long count(JsonNode object, String member) throws DamagedException {
        JsonNode value = object.get(member);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw new DamagedException("\"" + member + "\" must be a whole number from 0");
        }
        return value.longValue();
    }

    private static Instant time(JsonNode object, String member) throws DamagedException {
        try {
            return Instant.parse(text(object, member));
        } catch (DateTimeParseException e) {
            throw new DamagedException("\"" + member + "\" is no time such as 2026-01-31T12:00:00Z");
        }
    }

    private static Unknown unknown(ObjectNode object, Set<String> known) {
        Map<String, JsonNode> members = null;
        for (var member : object.properties()) {
            if (!known.contains(member.getKey())) {
                members = members == null ? new LinkedHashMap<>() : members;
                members.put(member.getKey(), member.getValue());
            }
        }
        return members == null ? Unknown.NONE : Unknown.of(members);
    }

    @SuppressWarnings("unchecked")
    private <T> T keep(T value) {
        if (kept.size() >= MOST_KEPT) {
            kept.clear();
        }
        Object same = kept.putIfAbsent(value, value);
        return same == null ? value : (T) same;
    }
}
