// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.ScriptedHost;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.agent.link.HostLink;
import org.spectrum_os.portal.agent.mount.Posix;
import org.spectrum_os.portal.agent.request.LentFolder;
import org.spectrum_os.portal.agent.request.RequestBook;
import org.spectrum_os.portal.agent.usb.HostUsb;
import org.spectrum_os.portal.agent.usb.UsbHost;
import org.spectrum_os.portal.agent.usb.UsbTree;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.testing.PrivateBus;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;

/** One face on a private bus, with a scripted host at the other end of its link and a plain folder in place of the mount. */
final class ServedFace implements AutoCloseable {
    final PrivateBus bus = PrivateBus.start();
    final CompletableFuture<Face.End> end = new CompletableFuture<>();
    final Path folder;
    final Path socket;
    final UsbTree usb;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private @Nullable ScriptedHost host;

    ServedFace(Face face, Path folder) throws Exception {
        this(face, folder, Duration.ZERO);
    }

    ServedFace(Face face, Path folder, Duration idleExit) throws Exception {
        this.folder = folder;
        this.socket = folder.resolve("vm");
        this.usb = new UsbTree(folder);
        var connection = BusConnection.connect(bus.address());
        opened.add(connection);
        var lent = new LentFolder(folder.toString(), Posix::exists);
        var book = new RequestBook(
                events -> {
                    var link = new HostLink(new HostAddress.UnixSocket(socket), "test", events);
                    opened.add(link);
                    return link;
                },
                lent);
        String name = face == Face.FRONTEND ? BackendFace.FRONTEND_NAME : BackendFace.BUS_NAME;
        Thread.ofPlatform().daemon().name("face").start(() -> {
            try {
                end.complete(face.serve(
                        connection,
                        book,
                        lent,
                        events -> new HostUsb(new HostAddress.UnixSocket(socket), "test", events),
                        usb.nodes(),
                        idleExit,
                        false));
            } catch (Exception e) {
                end.completeExceptionally(e);
            }
        });
        var watcher = client();
        while (watcher.nameOwner(name).isEmpty()) {
            if (end.isDone()) {
                throw new AssertionError("ended with " + end.get(1, TimeUnit.SECONDS));
            }
        }
    }

    /** Another connection to the same bus. */
    BusConnection client() throws Exception {
        var client = BusConnection.connect(bus.address());
        opened.add(client);
        return client;
    }

    /** The host, started at the first call. */
    ScriptedHost host() throws IOException {
        if (host == null) {
            host = new ScriptedHost(socket);
            opened.add(host);
        }
        return host;
    }

    /** The host, as far as USB devices go. */
    UsbHost usbHost() throws IOException {
        var started = new UsbHost(socket);
        opened.add(started);
        return started;
    }

    /** Makes a file visible where the mount would show it, and says so on the link. */
    void lend(MessageChannel link, long request, @Nullable Integer filter, List<ChosenOption> choices, String... names)
            throws IOException {
        lend(link, request, filter, choices, false, names);
    }

    /** The same, for an application that may change the files. */
    void lendForWriting(
            MessageChannel link, long request, @Nullable Integer filter, List<ChosenOption> choices, String... names)
            throws IOException {
        lend(link, request, filter, choices, true, names);
    }

    private void lend(
            MessageChannel link,
            long request,
            @Nullable Integer filter,
            List<ChosenOption> choices,
            boolean writable,
            String... names)
            throws IOException {
        List<LentFile> files = new ArrayList<>();
        for (String name : names) {
            String lease = "lease-" + files.size();
            Files.createDirectories(folder.resolve(lease));
            Files.writeString(folder.resolve(lease).resolve(name), "lent");
            files.add(new LentFile(lease, name));
        }
        link.send(new Message.Granted(request, files, choices, filter, writable));
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
        bus.close();
    }
}
