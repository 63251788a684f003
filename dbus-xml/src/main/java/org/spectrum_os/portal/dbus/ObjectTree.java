// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.spectrum_os.portal.dbus.iface.Introspectable;
import org.spectrum_os.portal.dbus.iface.Peer;
import org.spectrum_os.portal.dbus.iface.Properties;

/** The exported objects, by path. */
final class ObjectTree {
    private static final String DOCTYPE = """
            <!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
            """;

    private final Map<String, ExportedObject> objects = new ConcurrentHashMap<>();

    Optional<Registration> addIfFree(String path, ExportedObject object) {
        if (objects.putIfAbsent(Names.requirePath(path), object) != null) {
            return Optional.empty();
        }
        // By identity: records compare by content, and a later object at this path must survive a late close.
        return Optional.of(() -> objects.computeIfPresent(path, (key, current) -> current == object ? null : current));
    }

    Optional<ExportedObject> find(String path) {
        return Optional.ofNullable(objects.get(path));
    }

    /** Whether the path has an object, or at least one somewhere below it. */
    boolean exists(String path) {
        return objects.containsKey(path) || !children(path).isEmpty();
    }

    /** The introspection document of a path for which {@link #exists} holds. */
    String introspect(String path) {
        var xml = new StringBuilder(DOCTYPE).append("<node>\n");
        ExportedObject object = objects.get(path);
        if (object != null) {
            object.interfaces().forEach(exported -> indent(xml, exported.description()));
            indent(xml, Properties.DESCRIPTION);
        }
        indent(xml, Introspectable.DESCRIPTION);
        indent(xml, Peer.DESCRIPTION);
        children(path)
                .forEach(child -> xml.append("  <node name=\"").append(child).append("\"/>\n"));
        return xml.append("</node>\n").toString();
    }

    private static void indent(StringBuilder xml, InterfaceDescription description) {
        xml.append(description.xml().indent(2));
    }

    private TreeSet<String> children(String path) {
        String prefix = path.equals("/") ? path : path + "/";
        return objects.keySet().stream()
                .filter(other -> other.startsWith(prefix) && other.length() > prefix.length())
                .map(other -> other.substring(prefix.length()).split("/", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
