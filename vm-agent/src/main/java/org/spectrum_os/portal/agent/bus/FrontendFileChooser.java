// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.chooser.Chooser;
import org.spectrum_os.portal.chooser.ChooserOptions;
import org.spectrum_os.portal.chooser.OptionReader;
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
import org.spectrum_os.portal.dbus.iface.FileChooserPortal;
import org.spectrum_os.portal.protocol.FileAsk;

/** {@code org.freedesktop.portal.FileChooser}, as applications see it. */
final class FrontendFileChooser implements ExportedInterface {
    /** Version 4 brought {@code current_folder} of OpenFile. */
    private static final int VERSION = 4;

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_]{1,255}");
    private static final int RANDOM_BYTES = 8;

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
        String token = token(given);
        ChooserOptions options = OptionReader.read(method, given);
        // Who the application is, nobody in a VM of one application can say better than its instance's name does on the
        // host.
        String appId = "";
        FileAsk ask = OptionReader.ask(options, appId, title);

        var shown = new FrontendRequest(bus, sender, options);
        Chooser.Pending request = chooser.choose(sender, appId, ask, shown::answered);
        String path = export(sender, token, shown, request);
        return Reply.of(FileChooserPortal.OpenFile.REPLY_SIGNATURE, path).then(shown::start);
    }

    private static String token(Map<String, Variant<?>> options) throws DBusErrorException {
        String token = OptionReader.lenientString(options, "handle_token").orElse("t");
        if (!TOKEN.matcher(token).matches()) {
            throw new DBusErrorException(
                    ErrorNames.PORTAL_INVALID_ARGUMENT,
                    "Invalid token: handle_token must be 1 to 255 letters, digits and underscores");
        }
        return token;
    }

    /** Where the request of a caller stands that chose this token: the caller's unique name without the colon, dots replaced. */
    private static String pathOf(String sender, String token) {
        return BackendFace.PATH + "/request/" + sender.substring(1).replace('.', '_') + "/" + token;
    }

    /** Exports the request where the application expects it, or beside it if that place is taken. */
    private String export(String sender, String token, FrontendRequest shown, Chooser.Pending request)
            throws DBusErrorException {
        String expected = pathOf(sender, token);
        String path = expected;
        for (int attempt = 0; attempt < 4; attempt++) {
            shown.prepare(path, request);
            Optional<Registration> exported = bus.exportIfFree(path, ExportedObject.of(shown));
            if (exported.isPresent()) {
                shown.exported(exported.get());
                return path;
            }
            byte[] random = new byte[RANDOM_BYTES];
            new SecureRandom().nextBytes(random);
            path = expected + "/" + HexFormat.of().formatHex(random);
        }
        boolean _ = request.withdraw();
        throw new DBusErrorException(ErrorNames.PORTAL_FAILED, "No free path for the request " + expected);
    }
}
