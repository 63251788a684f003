// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.ProtocolException;

/**
 * One open link, after the hello. {@link #run} owns the receiving side until the link ends; answers may come from any thread, and {@link LinkWriter} writes them. When it ends,
 * whatever the guest had asked and not got is withdrawn.
 */
final class Link {
    private final String instance;
    private final MessageChannel channel;
    private final LinkWriter writer;
    private final Requests requests;
    private final OpenRequests open = new OpenRequests();

    Link(String instance, MessageChannel channel, Requests requests) {
        this.instance = instance;
        this.channel = channel;
        this.writer = new LinkWriter(instance, channel, LinkWriter.ANSWERS_MOST);
        this.requests = requests;
    }

    /** Serves the link until it ends, and says why it did. */
    String run() {
        String why;
        writer.start();
        try {
            while (true) {
                receive();
            }
        } catch (EOFException e) {
            why = "closed by the guest";
        } catch (ProtocolException e) {
            why = "broke the protocol: " + e.getMessage();
            Refusal.send(channel, Message.Reason.PROTOCOL, String.valueOf(e.getMessage()));
        } catch (ClosedChannelException e) {
            why = "closed by the host";
        } catch (IOException e) {
            why = "lost: " + e.getMessage();
        } finally {
            channel.close();
            writer.end();
            open.withdrawAll(ToWindow.Reason.VM_STOPPED);
        }
        return why;
    }

    private void receive() throws IOException {
        switch (channel.receive(Message.FromGuest.class, Duration.ZERO)) {
            case Message.Hello hello -> throw new ProtocolException("a second hello");
            case Message.Ask asked -> {
                OpenRequests.Slot slot = open.begin(asked.request());
                slot.asked(requests.begin(instance, asked.request(), asked.ask(), this::answer)::withdraw);
            }
            case Message.Cancel(long request) -> open.withdraw(request, ToWindow.Reason.WITHDRAWN);
        }
    }

    private CompletionStage<Boolean> answer(Message.FromHost message) {
        long request = switch (message) {
            case Message.Granted granted -> granted.request();
            case Message.Ended ended -> ended.request();
            case Message.Welcome welcome -> throw new IllegalArgumentException("not an answer");
            case Message.Refused refused -> throw new IllegalArgumentException("not an answer");
        };
        return open.end(request) ? writer.send(message) : CompletableFuture.completedStage(false);
    }
}
