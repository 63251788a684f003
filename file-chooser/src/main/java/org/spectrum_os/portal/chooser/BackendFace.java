// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.chooser.ChooserOptions.Purpose;
import org.spectrum_os.portal.chooser.OptionReader.Method;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.ExportedInterface;
import org.spectrum_os.portal.dbus.ExportedObject;
import org.spectrum_os.portal.dbus.InterfaceDescription;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.Registration;
import org.spectrum_os.portal.dbus.Reply;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.iface.FileChooserBackend;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.ResponseCode;

/**
 * {@code org.freedesktop.impl.portal.FileChooser}, for the portal on this bus that owns {@code org.freedesktop.portal.Desktop}.
 * Thread-safe.
 */
public final class BackendFace implements ExportedInterface {
    /** The bus name under which a portal finds this backend. */
    public static final String BUS_NAME = "org.freedesktop.impl.portal.desktop.spectrum";
    /** Where portal frontends and backends alike have their object. */
    public static final String PATH = "/org/freedesktop/portal/desktop";
    /** The bus name of the portal that applications call. */
    public static final String FRONTEND_NAME = "org.freedesktop.portal.Desktop";

    private final BusConnection bus;
    private final Chooser chooser;

    /**
     * A face, to be exported at {@link #PATH} by whoever owns {@link #BUS_NAME}.
     *
     * @param bus where the portal is, and where the requests are exported
     * @param chooser answers; asked on a virtual thread per call, which waits there for the answer
     */
    public BackendFace(BusConnection bus, Chooser chooser) {
        this.bus = bus;
        this.chooser = chooser;
    }

    @Override
    public InterfaceDescription description() {
        return FileChooserBackend.DESCRIPTION;
    }

    @Override
    public Reply handle(MethodCall call) throws DBusErrorException {
        Refusals.requireFrontend(bus, call.sender());
        return switch (FileChooserBackend.Call.of(call)) {
            case FileChooserBackend.OpenFile(var handle, var app, var window, var title, var options) ->
                ask(call.sender(), handle, app, title, OptionReader.read(Method.OPEN_FILE, options));
            case FileChooserBackend.SaveFile(var handle, var app, var window, var title, var options) ->
                ask(call.sender(), handle, app, title, OptionReader.read(Method.SAVE_FILE, options));
            case FileChooserBackend.SaveFiles(var handle, var app, var window, var title, var options) ->
                ask(call.sender(), handle, app, title, OptionReader.read(Method.SAVE_FILES, options));
        };
    }

    private Reply ask(String sender, String path, String appId, String title, ChooserOptions options)
            throws DBusErrorException {
        FileAsk ask = OptionReader.ask(options, appId, title);
        var outcome = new CompletableFuture<Optional<Chooser.Result>>();
        Chooser.Pending request =
                chooser.choose(application(path, sender), appId, ask, result -> outcome.complete(Optional.of(result)));
        var handle = new BackendRequest(sender, request, outcome);
        Optional<Registration> exported = bus.exportIfFree(path, ExportedObject.of(handle));
        if (exported.isEmpty()) {
            boolean _ = request.withdraw();
            throw new DBusErrorException(ErrorNames.PORTAL_EXISTS, "A request with this handle is open already");
        }
        Registration gone = bus.onNameVanished(sender, handle::withdraw);
        request.start();
        Optional<Chooser.Result> result = outcome.join();
        return reply(result, options).then(() -> {
            gone.close();
            exported.get().close();
            handle.replied();
        });
    }

    /** The portal makes the handle's path from the unique name of the application that asks: {@code :1.42} becomes {@code 1_42}. */
    private static String application(String handle, String sender) {
        String requests = PATH + "/request/";
        int end = handle.lastIndexOf('/');
        return handle.startsWith(requests) && end > requests.length()
                ? ":" + handle.substring(requests.length(), end).replace('_', '.')
                : sender;
    }

    private static Reply reply(Optional<Chooser.Result> result, ChooserOptions options) {
        Map<String, Variant<?>> results = new LinkedHashMap<>();
        if (result.orElse(null) instanceof Chooser.Result.Chosen chosen) {
            results.putAll(ResultWriter.granted(chosen, options));
            if (options.purpose() instanceof Purpose.Open) {
                // Left out, the portal would take it for true.
                results.put("writable", Variants.of("b", chosen.writable()));
            }
        }
        int code = result.map(Chooser.Result::responseCode).orElse(ResponseCode.OTHER);
        return Reply.of(FileChooserBackend.OpenFile.REPLY_SIGNATURE, code, results);
    }
}
