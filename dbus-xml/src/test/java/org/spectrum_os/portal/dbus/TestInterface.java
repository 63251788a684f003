// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An interface put together from methods given by the test. */
final class TestInterface implements ExportedInterface {
    static final String NAME = "org.spectrum_os.portal.Test";

    interface Handler {
        Reply handle(MethodCall call) throws DBusErrorException;
    }

    private record Method(MethodDescription description, Handler handler) {}

    private final Map<String, Method> methods = new ConcurrentHashMap<>();
    private final String name;

    TestInterface() {
        this(NAME);
    }

    TestInterface(String name) {
        this.name = name;
    }

    TestInterface with(String member, String in, String out, Handler handler) {
        methods.put(member, new Method(new MethodDescription(member, arguments(in), arguments(out)), handler));
        return this;
    }

    private static List<ArgumentDescription> arguments(String signature) {
        return Wire.split(signature).stream()
                .map(type -> new ArgumentDescription("value", type))
                .toList();
    }

    @Override
    public InterfaceDescription description() {
        return new InterfaceDescription(
                name,
                methods.values().stream().map(Method::description).toList(),
                List.of(),
                List.of(
                        new PropertyDescription("version", "u", PropertyDescription.Access.READ),
                        new PropertyDescription("label", "s", PropertyDescription.Access.READ)),
                "<interface name=\"" + name + "\"/>");
    }

    @Override
    public Reply handle(MethodCall call) throws DBusErrorException {
        Method method = methods.get(call.member());
        if (method == null) {
            throw new AssertionError("the dispatcher let an unknown member through: " + call.member());
        }
        return method.handler().handle(call);
    }

    @Override
    public Object property(String property) throws DBusErrorException {
        return switch (property) {
            case "version" -> 4;
            case "label" -> "läbel";
            default -> throw new AssertionError("the dispatcher asked for an unknown property: " + property);
        };
    }
}
