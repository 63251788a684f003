// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.util.function.Consumer;
import org.spectrum_os.portal.agent.request.Answer;
import org.spectrum_os.portal.agent.request.BookedRequest;
import org.spectrum_os.portal.agent.request.LentFolder;
import org.spectrum_os.portal.agent.request.RequestBook;
import org.spectrum_os.portal.chooser.Chooser;
import org.spectrum_os.portal.chooser.FileUris;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.protocol.FileAsk;

/** The request book, as both faces ask it: files that were lent are answered as URIs of where this guest sees them. Thread-safe. */
final class BookChooser implements Chooser {
    private final RequestBook book;
    private final LentFolder folder;

    BookChooser(RequestBook book, LentFolder folder) {
        this.book = book;
        this.folder = folder;
    }

    @Override
    public Pending choose(String caller, String appId, FileAsk ask, Consumer<Result> answered)
            throws DBusErrorException {
        try {
            return new Entry(book.open(ask, answer -> answered.accept(result(answer))));
        } catch (RequestBook.TooManyRequestsException e) {
            throw new DBusErrorException(ErrorNames.LIMITS_EXCEEDED, String.valueOf(e.getMessage()));
        }
    }

    private Result result(Answer answer) {
        return switch (answer) {
            case Answer.Lent lent ->
                new Result.Chosen(
                        lent.files().stream()
                                .map(folder::path)
                                .map(FileUris::of)
                                .toList(),
                        lent.choices(),
                        lent.filter(),
                        lent.writable());
            case Answer.Refused refused -> new Result.None(refused.responseCode());
            case Answer.Failed failed -> new Result.None(failed.responseCode());
        };
    }

    private record Entry(BookedRequest request) implements Pending {
        @Override
        public void start() {
            request.start();
        }

        @Override
        public boolean withdraw() {
            return request.withdraw();
        }
    }
}
