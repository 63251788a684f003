// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.chooser.Chooser;
import org.spectrum_os.portal.chooser.ChooserOptions;
import org.spectrum_os.portal.chooser.OptionReader;
import org.spectrum_os.portal.chooser.OptionReader.Method;
import org.spectrum_os.portal.chooser.ResultWriter;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ExportedInterface;
import org.spectrum_os.portal.dbus.InterfaceDescription;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.Reply;
import org.spectrum_os.portal.dbus.iface.FileChooserPortal;
import org.spectrum_os.portal.protocol.FileAsk;

/** {@code org.freedesktop.portal.FileChooser}, as applications see it. */
final class FrontendFileChooser implements ExportedInterface {
    /** Version 4 brought {@code current_folder} of OpenFile. */
    private static final int VERSION = 4;

    private final BusConnection bus;
    private final Chooser chooser;

    FrontendFileChooser(BusConnection bus, Chooser chooser) {
        this.bus = bus;
        this.chooser = chooser;
    }

    @Override
    public InterfaceDescription description() {
        return FileChooserPortal.DESCRIPTION;
    }

    @Override
    public Object property(String name) throws DBusErrorException {
        if (name.equals(FileChooserPortal.VERSION_PROPERTY)) {
            return VERSION;
        }
        return ExportedInterface.super.property(name);
    }

    @Override
    public Reply handle(MethodCall call) throws DBusErrorException {
        return switch (FileChooserPortal.Call.of(call)) {
            case FileChooserPortal.OpenFile open -> ask(call.sender(), Method.OPEN_FILE, open.title(), open.options());
            case FileChooserPortal.SaveFile save -> ask(call.sender(), Method.SAVE_FILE, save.title(), save.options());
            case FileChooserPortal.SaveFiles saves ->
                ask(call.sender(), Method.SAVE_FILES, saves.title(), saves.options());
        };
    }

    private Reply ask(String sender, Method method, String title, Map<String, Variant<?>> given)
            throws DBusErrorException {
        String token = FrontendRequest.token(given);
        ChooserOptions options = OptionReader.read(method, given);
        // Who the application is, nobody in a VM of one application can say better than its instance's name does on the
        // host.
        String appId = "";
        FileAsk ask = OptionReader.ask(options, appId, title);

        var shown = new FrontendRequest(bus, sender);
        Chooser.Pending request = chooser.choose(
                sender, appId, ask, result -> shown.answered(result.responseCode(), results(result, options)));
        String path = shown.export(token, request);
        return Reply.of(FileChooserPortal.OpenFile.REPLY_SIGNATURE, path).then(shown::start);
    }

    private static Map<String, Variant<?>> results(Chooser.Result result, ChooserOptions options) {
        return switch (result) {
            case Chooser.Result.Chosen chosen -> ResultWriter.granted(chosen, options);
            case Chooser.Result.None _ -> Map.of("uris", ResultWriter.uris(List.of()));
        };
    }
}
