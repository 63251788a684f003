// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.tests.guest.CommandResult;

/** What the application in the guest saw, event by event. */
public record AppReport(List<JsonNode> events, String everything) {
    static AppReport of(CommandResult result) throws IOException {
        var events = new ArrayList<JsonNode>();
        for (String line : result.output().split("\n", -1)) {
            if (line.startsWith("{")) {
                events.add(new JsonMapper().readTree(line));
            }
        }
        return new AppReport(
                List.copyOf(events), "status " + result.status() + "\n" + result.output() + result.errors());
    }

    /** The first event of that name. */
    public Optional<JsonNode> first(String name) {
        return events.stream()
                .filter(event -> event.get("event").asText().equals(name))
                .findFirst();
    }

    /** The first event of that name, which must be there. */
    public JsonNode event(String name) {
        return first(name)
                // In one line: a summary of a run shows no more of a reason than that.
                .orElseThrow(() -> new AssertionError(
                        "the application never said “" + name + "”: " + everything.replace("\n", " ⏎ ")));
    }

    /** Every event of that name. */
    public List<JsonNode> all(String name) {
        return events.stream()
                .filter(event -> event.get("event").asText().equals(name))
                .toList();
    }

    /** The portal's response code. */
    public int response() {
        return event("answered").get("response").asInt();
    }
}
