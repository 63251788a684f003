// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.util.function.Consumer;
import org.spectrum_os.portal.agent.request.Answer;
import org.spectrum_os.portal.agent.request.OpenRequest;
import org.spectrum_os.portal.agent.request.RequestBook;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.protocol.FileRequest;

/** What both faces do alike. */
final class Requests {
    static final String DESKTOP_PATH = "/org/freedesktop/portal/desktop";
    static final String FRONTEND_NAME = "org.freedesktop.portal.Desktop";
    static final String BACKEND_NAME = "org.freedesktop.impl.portal.desktop.spectrum";

    private Requests() {}

    /** Where the request of a caller stands that chose this token: the caller's unique name without the colon, dots replaced. */
    static String pathOf(String sender, String token) {
        return DESKTOP_PATH + "/request/" + sender.substring(1).replace('.', '_') + "/" + token;
    }

    static OpenRequest open(RequestBook book, FileRequest ask, Consumer<Answer> answered) throws DBusErrorException {
        try {
            return book.open(ask, answered);
        } catch (RequestBook.TooManyRequestsException e) {
            throw new DBusErrorException(ErrorNames.LIMITS_EXCEEDED, String.valueOf(e.getMessage()));
        }
    }

    /** Only whoever made a request may close it. */
    static void requireCreator(MethodCall call, String creator) throws DBusErrorException {
        if (!call.sender().equals(creator)) {
            throw new DBusErrorException(
                    ErrorNames.ACCESS_DENIED, "Only the connection that made this request can close it");
        }
    }
}
