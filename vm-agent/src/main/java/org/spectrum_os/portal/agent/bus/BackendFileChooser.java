// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.agent.request.Answer;
import org.spectrum_os.portal.agent.request.LentFolder;
import org.spectrum_os.portal.agent.request.OpenFileOptions;
import org.spectrum_os.portal.agent.request.OpenRequest;
import org.spectrum_os.portal.agent.request.RequestBook;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
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
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.ResponseCode;

/** {@code org.freedesktop.impl.portal.FileChooser}, for the portal in this guest that owns {@code org.freedesktop.portal.Desktop}. */
final class BackendFileChooser implements ExportedInterface {
    private final BusConnection bus;
    private final RequestBook book;
    private final LentFolder folder;

    BackendFileChooser(BusConnection bus, RequestBook book, LentFolder folder) {
        this.bus = bus;
        this.book = book;
        this.folder = folder;
    }

    @Override
    public InterfaceDescription description() {
        return FileChooserBackend.DESCRIPTION;
    }

    @Override
    public Reply handle(MethodCall call) throws DBusErrorException {
        requireFrontend(call.sender());
        return switch (FileChooserBackend.Call.of(call)) {
            case FileChooserBackend.OpenFile open -> openFile(call.sender(), open);
            case FileChooserBackend.SaveFile save -> throw FrontendFileChooser.savingIsNotSupported();
            case FileChooserBackend.SaveFiles save -> throw FrontendFileChooser.savingIsNotSupported();
        };
    }

    /** Anybody on the bus can send here; only the portal passes on what applications are allowed to say. */
    private void requireFrontend(String sender) throws DBusErrorException {
        try {
            if (bus.nameOwner(Requests.FRONTEND_NAME).filter(sender::equals).isPresent()) {
                return;
            }
        } catch (BusException e) {
            throw new DBusErrorException(ErrorNames.FAILED, "The bus does not say who owns " + Requests.FRONTEND_NAME);
        }
        throw new DBusErrorException(
                ErrorNames.ACCESS_DENIED,
                "Only the owner of " + Requests.FRONTEND_NAME + " may call this; applications call that name");
    }

    private Reply openFile(String sender, FileChooserBackend.OpenFile call) throws DBusErrorException {
        OpenFileOptions options = OptionReader.read(call.options());
        FileRequest ask = OptionReader.request(options, call.appId(), call.title());
        var outcome = new CompletableFuture<Optional<Answer>>();
        OpenRequest request = Requests.open(book, ask, answer -> outcome.complete(Optional.of(answer)));
        var handle = new BackendRequest(sender, request, outcome);
        Optional<Registration> exported = bus.exportIfFree(call.handle(), ExportedObject.of(handle));
        if (exported.isEmpty()) {
            request.withdraw();
            throw new DBusErrorException(ErrorNames.PORTAL_EXISTS, "A request with this handle is open already");
        }
        Registration gone = bus.onNameVanished(sender, handle::withdraw);
        request.start();
        Optional<Answer> answer = outcome.join();
        return reply(answer, options).then(() -> {
            gone.close();
            exported.get().close();
            handle.replied();
        });
    }

    private Reply reply(Optional<Answer> answer, OpenFileOptions options) {
        Map<String, Variant<?>> results = new LinkedHashMap<>();
        if (answer.orElse(null) instanceof Answer.Lent lent) {
            results.putAll(ResultWriter.granted(lent, options, folder));
            // Left out, the portal would take it for true.
            results.put("writable", Variants.of("b", lent.writable()));
        }
        int code = answer.map(Answer::responseCode).orElse(ResponseCode.OTHER);
        return Reply.of(FileChooserBackend.OpenFile.REPLY_SIGNATURE, code, results);
    }
}
