// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.request;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.SaveFilesRequest;
import org.spectrum_os.portal.protocol.SaveRequest;
import org.spectrum_os.portal.protocol.Untrusted;

/**
 * One request of an application. Thread-safe.
 *
 * <p>It has a platform thread of its own from {@link #start} to its end: that thread does everything that can block outside the Java
 * runtime (writing to the link, looking at the mounted files), which a virtual thread must not.
 */
public final class BookedRequest {
    private final RequestBook book;
    private final long number;
    private final FileAsk ask;
    private final Consumer<Answer> answered;

    private boolean started;
    private RequestBook.State state = RequestBook.State.PENDING;
    private Host.@Nullable Line line;
    private @Nullable Answer answer;

    BookedRequest(RequestBook book, long number, FileAsk ask, Consumer<Answer> answered) {
        this.book = book;
        this.number = number;
        this.ask = ask;
        this.answered = answered;
    }

    /** Sends the request and sees it through, unless it was withdrawn already. To be called once. */
    public void start() {
        synchronized (this) {
            if (state != RequestBook.State.PENDING) {
                return;
            }
            started = true;
        }
        Thread.ofPlatform().daemon().name("request-" + number).start(this::run);
    }

    /**
     * The application does not want an answer any more. The host is told.
     *
     * @return false if the request had ended before
     */
    public boolean withdraw() {
        boolean first = end(RequestBook.State.WITHDRAWN, null);
        synchronized (this) {
            if (started) {
                return first;
            }
        }
        // Nobody will see it through.
        book.remove(number);
        return first;
    }

    public synchronized RequestBook.State state() {
        return state;
    }

    private void run() {
        try {
            send();
            awaitEnd();
            if (state() == RequestBook.State.WITHDRAWN) {
                cancel();
            } else {
                answered.accept(seen(answerNow()));
            }
        } catch (InterruptedException e) {
            // Only the end of the process interrupts this thread.
            Thread.currentThread().interrupt();
        } finally {
            book.remove(number);
        }
    }

    private void send() throws InterruptedException {
        try {
            Host.Line found = book.host().awaitLine(book.patience());
            if (takeLine(found)) {
                found.send(Message.Ask.of(number, ask));
            }
        } catch (Host.HostAwayException e) {
            AgentLog.warn("request " + number + " ends without an answer: " + e.getMessage());
            end(RequestBook.State.ENDED, new Answer.Failed(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            AgentLog.warn("request " + number + " could not be sent: " + e.getMessage());
            end(RequestBook.State.ENDED, new Answer.Failed("the link to the host broke: " + e.getMessage()));
        }
    }

    /** Before the message leaves, so that an answer or the line's end finds the request on its line. */
    private synchronized boolean takeLine(Host.Line found) {
        if (state != RequestBook.State.PENDING) {
            return false;
        }
        line = found;
        return true;
    }

    private void cancel() {
        Host.Line asked;
        synchronized (this) {
            asked = line;
        }
        if (asked == null) {
            return;
        }
        try {
            asked.send(new Message.Cancel(number));
        } catch (IOException e) {
            // A link that ended has taken the request with it on the host's side too.
            AgentLog.info("request " + number + " was withdrawn after its link had ended: " + e.getMessage());
        }
    }

    private Answer seen(Answer found) {
        if (found instanceof Answer.Lent granted) {
            for (LentFile file : granted.files()) {
                if (!book.lent().sees(file)) {
                    var where = DisplayText.of(Untrusted.of(book.lent().path(file)), 300);
                    AgentLog.warn("the host lent a file, but " + where + " cannot be seen: the mount of lent files is"
                            + " missing or dead; run 'spectrum-agent mount' as root");
                    return new Answer.Failed(where + " cannot be seen");
                }
            }
        }
        return found;
    }

    void granted(Message.Granted granted) {
        String objection = objectionTo(granted);
        if (objection != null) {
            AgentLog.warn("the host's answer to request " + number + " makes no sense: " + objection
                    + "; host and agent must be of the same version");
            end(RequestBook.State.ENDED, new Answer.Failed("the host's answer makes no sense"));
            return;
        }
        end(
                RequestBook.State.GRANTED,
                new Answer.Lent(granted.files(), granted.choices(), granted.filter(), granted.writable()));
    }

    /** An application that asked for one file, or for so many to write, cannot do with anything else. */
    private @Nullable String objectionTo(Message.Granted granted) {
        int count = granted.files().size();
        boolean right = switch (ask) {
            case FileRequest open -> count == 1 || (open.multiple() && count > 1);
            case SaveRequest _ -> count == 1;
            case SaveFilesRequest saves -> count == saves.names().size();
        };
        if (!right) {
            return count + " files";
        }
        Integer filter = granted.filter();
        if (filter != null && (filter < 0 || filter >= ask.filters().size())) {
            return "filter " + filter + " of " + ask.filters().size();
        }
        return ask instanceof FileRequest || granted.writable() ? null : "a place to save to that cannot be written";
    }

    synchronized boolean isOn(Host.Line other) {
        return other.equals(line);
    }

    synchronized boolean end(RequestBook.State last, @Nullable Answer with) {
        if (state != RequestBook.State.PENDING) {
            return false;
        }
        state = last;
        answer = with;
        notifyAll();
        return true;
    }

    private synchronized void awaitEnd() throws InterruptedException {
        while (state == RequestBook.State.PENDING) {
            wait();
        }
    }

    private synchronized Answer answerNow() {
        if (answer == null) {
            throw new IllegalStateException("request " + number + " is " + state + " without an answer");
        }
        return answer;
    }
}
