// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.dbus.iface.Introspectable;
import org.spectrum_os.portal.dbus.iface.Peer;
import org.spectrum_os.portal.dbus.iface.Properties;

/** The interfaces that every object has (D-Bus specification, standard interfaces). */
final class StandardInterfaces {
    private StandardInterfaces() {}

    /** What a path answers besides its own interfaces: Peer everywhere, the others where there is something to tell. */
    static List<ExportedInterface> at(String path, ObjectTree tree) {
        var peer = of(Peer.DESCRIPTION, StandardInterfaces::peer);
        if (!tree.exists(path)) {
            return List.of(peer);
        }
        var introspectable = of(
                Introspectable.DESCRIPTION,
                call -> Reply.of(Introspectable.Introspect.REPLY_SIGNATURE, tree.introspect(path)));
        Optional<ExportedObject> object = tree.find(path);
        return object.isEmpty()
                ? List.of(peer, introspectable)
                : List.of(peer, introspectable, of(Properties.DESCRIPTION, call -> properties(object.get(), call)));
    }

    private interface Handler {
        Reply handle(MethodCall call) throws DBusErrorException;
    }

    private static ExportedInterface of(InterfaceDescription description, Handler handler) {
        return new ExportedInterface() {
            @Override
            public InterfaceDescription description() {
                return description;
            }

            @Override
            public Reply handle(MethodCall call) throws DBusErrorException {
                return handler.handle(call);
            }
        };
    }

    private static Reply peer(MethodCall call) throws DBusErrorException {
        return switch (Peer.Call.of(call)) {
            case Peer.Ping() -> Reply.empty();
            case Peer.GetMachineId() -> Reply.of(Peer.GetMachineId.REPLY_SIGNATURE, machineId());
        };
    }

    private static String machineId() throws DBusErrorException {
        for (Path file : List.of(Path.of("/etc/machine-id"), Path.of("/var/lib/dbus/machine-id"))) {
            if (Files.exists(file)) {
                try {
                    return Files.readString(file).strip();
                } catch (IOException e) {
                    throw new DBusErrorException(ErrorNames.FAILED, "The machine's identity cannot be read");
                }
            }
        }
        throw new DBusErrorException(ErrorNames.FAILED, "This machine has no identity");
    }

    private static Reply properties(ExportedObject object, MethodCall call) throws DBusErrorException {
        return switch (Properties.Call.of(call)) {
            case Properties.Get get ->
                Reply.of(
                        Properties.Get.REPLY_SIGNATURE,
                        value(owner(object, get.interfaceName(), get.propertyName()), get.propertyName()));
            case Properties.Set set -> {
                owner(object, set.interfaceName(), set.propertyName());
                throw new DBusErrorException(
                        ErrorNames.PROPERTY_READ_ONLY, "Property '" + set.propertyName() + "' cannot be written");
            }
            case Properties.GetAll all -> Reply.of(Properties.GetAll.REPLY_SIGNATURE, all(object, all.interfaceName()));
        };
    }

    /** The interface that has the property. The specification lets the caller leave the interface's name empty. */
    private static BusInterface owner(ExportedObject object, String iface, String property) throws DBusErrorException {
        List<BusInterface> candidates = iface.isEmpty() ? object.interfaces() : List.of(require(object, iface));
        return candidates.stream()
                .filter(exported -> exported.description().property(property).isPresent())
                .findFirst()
                .orElseThrow(() -> new DBusErrorException(
                        ErrorNames.UNKNOWN_PROPERTY,
                        "No property '" + property + "'" + (iface.isEmpty() ? "" : " on interface '" + iface + "'")));
    }

    private static Map<String, Variant<?>> all(ExportedObject object, String iface) throws DBusErrorException {
        List<BusInterface> chosen = iface.isEmpty() ? object.interfaces() : List.of(require(object, iface));
        Map<String, Variant<?>> values = new LinkedHashMap<>();
        for (BusInterface exported : chosen) {
            for (PropertyDescription property : exported.description().properties()) {
                if (property.access() != PropertyDescription.Access.WRITE) {
                    values.put(property.name(), value(exported, property.name()));
                }
            }
        }
        return values;
    }

    private static BusInterface require(ExportedObject object, String iface) throws DBusErrorException {
        return object.find(iface)
                .orElseThrow(() -> new DBusErrorException(
                        ErrorNames.UNKNOWN_INTERFACE, "No interface '" + iface + "' on this object"));
    }

    private static Variant<?> value(BusInterface exported, String property) throws DBusErrorException {
        PropertyDescription description =
                exported.description().property(property).orElseThrow();
        return Variants.of(description.type(), exported.property(property));
    }
}
