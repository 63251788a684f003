// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.iface.PermissionStoreBackend;
import org.spectrum_os.portal.dbus.iface.Permissions1;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows permissions, as the service tells them. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Show the permissions in force, one a line: table, entry, application, what it may do, and when that ends.",
            "",
            "The service tells it; it is started if the session bus knows how. The columns are separated by tabs."
        })
final class ListCommand implements Callable<Integer> {
    @Option(names = "--app", paramLabel = "A", description = "Only of this application; \"\" is the host itself.")
    private @Nullable String app;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws StopException {
        try (BusConnection bus = SessionBus.connect()) {
            if (app == null) {
                listAll(bus);
            } else {
                for (Object row : list(call(bus, Permissions1.ListByApp.MEMBER, "s", app))) {
                    List<?> columns = list(row);
                    print(text(columns.get(0)), text(columns.get(1)), app, details(columns.get(2)));
                }
            }
        } catch (BusException e) {
            throw SessionBus.failed("the permissions cannot be listed", e);
        }
        return SpectrumPermissionStore.OK;
    }

    private void listAll(BusConnection bus) throws BusException {
        for (Object table : list(call(bus, Permissions1.ListTables.MEMBER, ""))) {
            List<?> ids = list(bus.call(
                            PermissionStoreFace.NAME,
                            PermissionStoreFace.PATH,
                            PermissionStoreBackend.NAME,
                            PermissionStoreBackend.List.MEMBER,
                            PermissionStoreBackend.List.SIGNATURE,
                            table)
                    .getFirst());
            for (Object id : ids) {
                try {
                    Object apps = call(bus, Permissions1.Describe.MEMBER, "ss", table, id);
                    ((Map<?, ?>) apps).forEach((name, row) -> print(text(table), text(id), text(name), details(row)));
                } catch (CallFailedException e) {
                    if (!e.name().equals(ErrorNames.PORTAL_NOT_FOUND)) {
                        throw e;
                    }
                    // It was removed meanwhile.
                }
            }
        }
    }

    private static Object call(BusConnection bus, String member, String signature, Object... args) throws BusException {
        return bus.call(PermissionStoreFace.NAME, PermissionStoreFace.PATH, Permissions1.NAME, member, signature, args)
                .getFirst();
    }

    private void print(String table, String id, String application, Map<?, ?> details) {
        String access = String.join(
                " ",
                list(value(details, "access")).stream().map(ListCommand::text).toList());
        String end = switch (text(value(details, "end"))) {
            case "at" -> "until " + text(value(details, "until"));
            case "uses" -> "after " + value(details, "uses-left") + " more uses";
            case "never" -> "never";
            case "instance-stops" -> "when its VM stops";
            case "policy" -> "with the policy's rule";
            case String other -> other;
        };
        spec.commandLine()
                .getOut()
                .println(String.join(
                        "\t",
                        Output.shown(table),
                        Output.shown(id),
                        application.isEmpty() ? "(host)" : Output.shown(application),
                        Output.shown(access),
                        Output.shown(end)));
    }

    private static Object value(Map<?, ?> details, String key) {
        return details.get(key) instanceof Variant<?> variant ? variant.getValue() : "";
    }

    private static String text(@Nullable Object text) {
        return String.valueOf(text);
    }

    private static List<?> list(@Nullable Object list) {
        return list instanceof List<?> elements ? elements : List.of();
    }

    private static Map<?, ?> details(@Nullable Object details) {
        return details instanceof Map<?, ?> map ? map : Map.of();
    }
}
