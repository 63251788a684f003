// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Collection;

/** A store as one JSON document for people and programs; docs/store.md describes it. */
public final class StoreExport {
    /** The member {@code format}. */
    public static final String FORMAT = "spectrum-portal-export";

    /** The member {@code version}. */
    public static final int VERSION = 1;

    private StoreExport() {}

    /**
     * Writes some tables, sorted, and does not close {@code out}.
     *
     * @param now permissions whose time had come before are left out
     */
    public static void write(StoreView view, Collection<String> tables, Instant now, OutputStream out)
            throws IOException {
        Instant seen = now.isAfter(view.latest()) ? now : view.latest();
        JsonGenerator json = LineWriting.MAPPER.createGenerator(out).useDefaultPrettyPrinter();
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.writeStartObject();
        json.writeStringField("format", FORMAT);
        json.writeNumberField("version", VERSION);
        json.writeStringField("at", now.toString());
        json.writeObjectFieldStart("tables");
        for (String table : tables.stream().sorted(Permissions.ORDER).toList()) {
            json.writeObjectFieldStart(table);
            for (String id : view.ids(table).stream().sorted(Permissions.ORDER).toList()) {
                json.writeFieldName(id);
                write(view.entry(table, id).orElseThrow(), seen, json);
            }
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
        json.writeRaw('\n');
        json.close();
        out.flush();
    }

    private static void write(Entry entry, Instant now, JsonGenerator json) throws IOException {
        json.writeStartObject();
        LineWriting.writeData(entry.data(), json);
        json.writeObjectFieldStart("permissions");
        for (String app : entry.permissions().apps()) {
            Permission permission = entry.permissions().get(app);
            if (permission != null && !(permission.end() instanceof End.At(Instant when) && !when.isAfter(now))) {
                json.writeFieldName(app);
                LineWriting.write(permission, json);
            }
        }
        json.writeEndObject();
        LineWriting.write(entry.unknown(), json);
        json.writeEndObject();
    }
}
