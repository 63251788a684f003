// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.ExportedInterface;
import org.spectrum_os.portal.dbus.InterfaceDescription;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.Reply;
import org.spectrum_os.portal.dbus.iface.RequestBackend;

/**
 * {@code org.freedesktop.impl.portal.Request} of one pending call. Its Close is answered after the pending call, which existing portals
 * count on.
 */
final class BackendRequest implements ExportedInterface {
    private static final long REPLY_SECONDS = 5;

    private final String sender;
    private final Chooser.Pending request;
    private final CompletableFuture<Optional<Chooser.Result>> outcome;
    private final CountDownLatch replied = new CountDownLatch(1);

    BackendRequest(String sender, Chooser.Pending request, CompletableFuture<Optional<Chooser.Result>> outcome) {
        this.sender = sender;
        this.request = request;
        this.outcome = outcome;
    }

    @Override
    public InterfaceDescription description() {
        return RequestBackend.DESCRIPTION;
    }

    @Override
    public Reply handle(MethodCall call) throws DBusErrorException {
        return switch (RequestBackend.Call.of(call)) {
            case RequestBackend.Close close -> {
                Refusals.requireCreator(call, sender);
                withdraw();
                awaitReplied();
                yield Reply.empty();
            }
        };
    }

    void withdraw() {
        if (request.withdraw()) {
            outcome.complete(Optional.empty());
        }
    }

    /** The pending call has its answer on the wire. */
    void replied() {
        replied.countDown();
    }

    private void awaitReplied() throws DBusErrorException {
        try {
            if (replied.await(REPLY_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new DBusErrorException(ErrorNames.FAILED, "The request was not answered within " + REPLY_SECONDS + " s");
    }
}
