// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import static org.spectrum_os.portal.store.MemberReading.count;
import static org.spectrum_os.portal.store.MemberReading.need;
import static org.spectrum_os.portal.store.MemberReading.object;
import static org.spectrum_os.portal.store.MemberReading.text;
import static org.spectrum_os.portal.store.MemberReading.time;
import static org.spectrum_os.portal.store.MemberReading.tree;
import static org.spectrum_os.portal.store.MemberReading.unknown;
import static org.spectrum_os.portal.store.MemberReading.unknownOf;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.store.json.TypedJson;

/**
 * Lines of the store's files, from JSON. It reads them piece by piece: a store may have a hundred thousand, and somebody waits for its start.
 * Not thread-safe: it keeps texts that come again.
 */
final class LineReading {
    private static final End NEVER = new End.Never();
    private static final End INSTANCE_STOPS = new End.InstanceStops();
    private static final End POLICY = new End.Policy();
    private static final int MOST_KEPT = 4096;
    /** A larger value is not kept, in bytes. */
    private static final int LARGEST_KEPT = 4096;

    private static final Set<String> OPERATIONS = Set.of("set", "data", "permission", "remove-permission", "delete");

    /** What comes again and again: tables, applications, access lists, values. */
    private final Map<Object, Object> kept = new HashMap<>();

    private @Nullable JsonNode lastJson;
    private @Nullable MarshalledValue lastData;

    /** A line that cannot be understood, and why. */
    static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1;

        DamagedException(String message) {
            super(message);
        }
    }

    /**
     * A line as it was read.
     *
     * @param at when it was written, if it says so
     */
    record Stamped(Line line, @Nullable Instant at) {}

    /** The members of one line that this version knows, and the others. */
    private static final class Members {
        @Nullable
        String format;

        @Nullable
        String op;

        @Nullable
        String table;

        @Nullable
        String id;

        @Nullable
        String app;

        @Nullable
        Instant at;

        @Nullable
        Instant latest;

        @Nullable
        MarshalledValue data;

        @Nullable
        Permission permission;

        @Nullable
        Map<String, Permission> permissions;

        long version;
        long journal;

        @Nullable
        Map<String, JsonNode> unknown;
    }

    /**
     * Reads one line.
     *
     * @param bytes all of it, without its newline, and nothing else: Jackson 2.22 without its table of names reads beyond a range that does
     *              not begin its array, when a text in it is long
     */
    Stamped read(byte[] bytes) throws DamagedException {
        try {
            return understand(bytes);
        } catch (DamagedException e) {
            // A newer version's line may use our words in its own way.
            JsonNode newer = newer(bytes);
            if (newer == null) {
                throw e;
            }
            return new Stamped(new Line.Foreign(newer), null);
        }
    }

    /** The line, if it is whole and its operation is unknown. */
    private static @Nullable JsonNode newer(byte[] bytes) {
        try {
            JsonNode json = LineWriting.MAPPER.readTree(bytes);
            boolean unknown = json != null
                    && json.isObject()
                    && !json.has("format")
                    && json.path("op").isTextual()
                    && !OPERATIONS.contains(json.path("op").textValue());
            return unknown ? json : null;
        } catch (IOException _) {
            // Damaged, as has been found already.
            return null;
        }
    }

    private Stamped understand(byte[] bytes) throws DamagedException {
        try (JsonParser in = LineWriting.MAPPER.createParser(bytes)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new DamagedException("it is no JSON object");
            }
            Members members = members(in);
            if (in.nextToken() != null) {
                throw new DamagedException("there is something behind the JSON object");
            }
            return new Stamped(members.format != null ? header(members) : line(members), members.at);
        } catch (JsonProcessingException e) {
            throw new DamagedException(e.getOriginalMessage());
        } catch (IOException | MarshalException e) {
            throw new DamagedException(String.valueOf(e.getMessage()));
        }
    }

    private Members members(JsonParser in) throws IOException, DamagedException, MarshalException {
        var members = new Members();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "format" -> members.format = text(in);
                case "version" -> members.version = count(in);
                case "journal" -> members.journal = count(in);
                case "latest" -> members.latest = time(in);
                case "op" -> members.op = text(in);
                case "at" -> members.at = time(in);
                case "table" -> members.table = keep(text(in));
                case "id" -> members.id = text(in);
                case "app" -> members.app = keep(text(in));
                case "data" -> members.data = data(tree(in));
                case "permission" -> members.permission = permission(in);
                case "permissions" -> members.permissions = permissions(in);
                default -> members.unknown = unknown(members.unknown, name, in);
            }
        }
        return members;
    }

    /** Most entries hold the same as the one before. */
    private MarshalledValue data(JsonNode json) throws MarshalException {
        MarshalledValue value = json.equals(lastJson) && lastData != null ? lastData : TypedJson.fromJson(json);
        if (value.size() > LARGEST_KEPT) {
            // Two such trees may be more than there is memory for.
            lastJson = null;
            lastData = null;
            return value;
        }
        MarshalledValue same = keep(value);
        lastJson = json;
        lastData = same;
        return same;
    }

    private static Line header(Members members) throws DamagedException {
        if (members.version != LineWriting.VERSION) {
            throw new DamagedException(
                    "its version is " + members.version + "; this program reads version " + LineWriting.VERSION);
        }
        if (members.journal < 1 || members.journal > StoreFolder.LAST_JOURNAL) {
            throw new DamagedException("\"journal\" must be a number from 1 to " + StoreFolder.LAST_JOURNAL);
        }
        return new Line.Header(
                need(members.format, "format"),
                members.journal,
                need(members.latest, "latest"),
                unknownOf(members.unknown));
    }

    private static Line line(Members members) throws DamagedException {
        String op = need(members.op, "op");
        return switch (op) {
            case "set" ->
                new Line.Set(
                        need(members.table, "table"),
                        need(members.id, "id"),
                        new Entry(
                                need(members.data, "data"),
                                Permissions.of(need(members.permissions, "permissions")),
                                unknownOf(members.unknown)));
            case "data" ->
                new Line.Data(need(members.table, "table"), need(members.id, "id"), need(members.data, "data"));
            case "permission" ->
                new Line.Allow(
                        need(members.table, "table"),
                        need(members.id, "id"),
                        need(members.app, "app"),
                        need(members.permission, "permission"));
            case "remove-permission" ->
                new Line.Forbid(need(members.table, "table"), need(members.id, "id"), need(members.app, "app"), null);
            case "delete" -> new Line.Delete(need(members.table, "table"), need(members.id, "id"), null);
            default -> throw new DamagedException("the operation \"" + op + "\" is unknown");
        };
    }

    private Map<String, Permission> permissions(JsonParser in) throws IOException, DamagedException {
        object(in, "permissions");
        var permissions = new HashMap<String, Permission>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String app = keep(in.currentName());
            in.nextToken();
            permissions.put(app, permission(in));
        }
        return permissions;
    }

    private Permission permission(JsonParser in) throws IOException, DamagedException {
        object(in, "permission");
        List<String> access = null;
        Instant created = null;
        End end = NEVER;
        String reason = "";
        long uses = 0;
        Map<String, JsonNode> unknown = null;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "access" -> access = access(in);
                case "created" -> created = time(in);
                case "end" -> end = end(tree(in));
                case "reason" -> reason = text(in);
                case "uses" -> uses = count(in);
                default -> unknown = unknown(unknown, name, in);
            }
        }
        return new Permission(need(access, "access"), need(created, "created"), end, reason, uses, unknownOf(unknown));
    }

    private List<String> access(JsonParser in) throws IOException, DamagedException {
        if (!in.isExpectedStartArrayToken()) {
            throw new DamagedException("\"access\" must be an array");
        }
        var words = new ArrayList<String>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            words.add(keep(text(in)));
        }
        return keep(List.copyOf(words));
    }

    private static End end(JsonNode json) throws DamagedException {
        if (json.isTextual() && json.textValue().equals(INSTANCE_STOPS.word())) {
            return INSTANCE_STOPS;
        }
        if (json.isTextual() && json.textValue().equals(POLICY.word())) {
            return POLICY;
        }
        if (json.isObject() && json.size() == 1 && json.path("at").isTextual()) {
            return new End.At(time(json.path("at").textValue()));
        }
        JsonNode uses = json.path("uses");
        if (json.isObject() && json.size() == 1 && uses.isIntegralNumber() && uses.canConvertToLong()) {
            long most = uses.longValue();
            if (most >= 1 && most <= End.Uses.LARGEST) {
                return new End.Uses(most);
            }
        }
        // An end that is not understood might be one that has come: what it ends must not last for ever instead.
        throw new DamagedException("\"end\" is not understood");
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
