// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Members of a stored object that this version does not know, kept as they are: a newer version may have written them, and must find them
 * again. Immutable.
 */
public final class Unknown {
    static final Unknown NONE = new Unknown(Map.of());

    private final Map<String, JsonNode> members;

    private Unknown(Map<String, JsonNode> members) {
        this.members = members;
    }

    static Unknown of(Map<String, JsonNode> members) {
        return members.isEmpty() ? NONE : new Unknown(new LinkedHashMap<>(members));
    }

    /** For this package, which does not change them. */
    Map<String, JsonNode> members() {
        return members;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Unknown unknown && members.equals(unknown.members);
    }

    @Override
    public int hashCode() {
        return members.hashCode();
    }

    @Override
    public String toString() {
        return members.keySet().toString();
    }
}
