// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.iface.Introspectable;
import org.spectrum_os.portal.dbus.iface.Peer;
import org.spectrum_os.portal.dbus.iface.Properties;

/** The exported objects, by path. */
final class ObjectTree {
    private static final String DOCTYPE = """
            <!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
            """;

    /** Compared by identity: a later object at the same path, even an equal one, must survive a late close. */
    private static final class Place {
        private final ExportedObject object;
        private final OrderedMethod.Table ordered;

        Place(ExportedObject object) {
            this.object = object;
            this.ordered = new OrderedMethod.Table(object.interfaces());
        }
    }

    private final Map<String, Place> places = new ConcurrentHashMap<>();

    Optional<Registration> addIfFree(String path, ExportedObject object) {
        var place = new Place(object);
        if (places.putIfAbsent(Names.requirePath(path), place) != null) {
            return Optional.empty();
        }
        return Optional.of(() -> places.remove(path, place));
    }

    Optional<ExportedObject> find(String path) {
        return Optional.ofNullable(places.get(path)).map(place -> place.object);
    }

    /** The method that a call goes to, if it is one of an ordered interface. */
    @Nullable
    OrderedMethod findOrdered(String path, @Nullable String iface, String member) {
        Place place = places.get(path);
        return place == null ? null : place.ordered.find(iface, member);
    }

    /** Whether the path has an object, or at least one somewhere below it. */
    boolean exists(String path) {
        return places.containsKey(path) || !children(path).isEmpty();
    }

    /** The introspection document of a path for which {@link #exists} holds. */
    String introspect(String path) {
        var xml = new StringBuilder(DOCTYPE).append("<node>\n");
        find(path).ifPresent(object -> {
            object.interfaces().forEach(exported -> indent(xml, exported.description()));
            indent(xml, Properties.DESCRIPTION);
        });
        indent(xml, Introspectable.DESCRIPTION);
        indent(xml, Peer.DESCRIPTION);
        children(path)
                .forEach(child -> xml.append("  <node name=\"").append(child).append("\"/>\n"));
        return xml.append("</node>\n").toString();
    }

    private static void indent(StringBuilder xml, InterfaceDescription description) {
        xml.append(description.xml().indent(2));
    }

    private Set<String> children(String path) {
        String prefix = path.equals("/") ? path : path + "/";
        return places.keySet().stream()
                .filter(other -> other.startsWith(prefix) && other.length() > prefix.length())
                .map(other -> other.substring(prefix.length()).split("/", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
