// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.agent.ScriptedHost;
import org.spectrum_os.portal.agent.request.Host;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;

@Timeout(40)
final class HostLinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    private final HostLink link;
    private final Path socket;

    HostLinkTest(@TempDir Path folder) {
        socket = folder.resolve("vm");
        link = new HostLink(new HostAddress.UnixSocket(socket), "test agent", new Host.Events() {
            @Override
            public void granted(Host.Line line, Message.Granted granted) {
                events.add(granted);
            }

            @Override
            public void ended(Host.Line line, Message.Ended ended) {
                events.add(ended);
            }

            @Override
            public void lost(Host.Line line, String why) {
                events.add("lost: " + why);
            }
        });
    }

    @AfterEach
    void close() {
        link.close();
    }

    private CompletableFuture<Host.Line> demand() {
        return demand(PATIENCE);
    }

    private CompletableFuture<Host.Line> demand(Duration patience) {
        var line = new CompletableFuture<Host.Line>();
        Thread.ofVirtual().start(() -> {
            try {
                line.complete(link.awaitLine(patience));
            } catch (Host.HostAwayException | InterruptedException e) {
                line.completeExceptionally(e);
            }
        });
        return line;
    }

    private static String failure(CompletableFuture<Host.Line> line) {
        var e = assertThrows(java.util.concurrent.ExecutionException.class, () -> line.get(15, TimeUnit.SECONDS));
        return String.valueOf(e.getCause() == null ? "" : e.getCause().getMessage());
    }

    private Object event() throws InterruptedException {
        Object event = events.poll(10, TimeUnit.SECONDS);
        assertTrue(event != null, "nothing happened");
        return event;
    }

    @Test
    void connectsWhenAskedAndCarriesBothWays() throws Exception {
        try (var host = new ScriptedHost(socket)) {
            var line = demand();
            var channel = host.connection();
            var hello = ScriptedHost.expect(channel, Message.Hello.class);
            assertEquals(Message.VERSION, hello.version());
            assertEquals("test agent", hello.agent().<String>validate(name -> name));
            channel.send(new Message.Welcome(Message.VERSION, "work"));
            line.get(5, TimeUnit.SECONDS).send(new Message.Cancel(3));
            assertEquals(3, ScriptedHost.expect(channel, Message.Cancel.class).request());
            channel.send(new Message.Ended(3, Outcome.DENIED));
            assertEquals(new Message.Ended(3, Outcome.DENIED), event());
            assertEquals(line.get(), demand().get(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void aHostThatComesLaterIsFound() throws Exception {
        var line = demand();
        assertThrows(java.util.concurrent.TimeoutException.class, () -> line.get(500, TimeUnit.MILLISECONDS));
        try (var host = new ScriptedHost(socket)) {
            host.welcomed();
            line.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void patienceEndsAndSaysWhereAndWhy() {
        String why = failure(demand(Duration.ofMillis(300)));
        assertTrue(why.contains(socket + "_5219"), why);
        assertTrue(why.contains("no such file"), why);
    }

    @Test
    void triesAgainWhileAFormerLinkIsOpen() throws Exception {
        try (var host = new ScriptedHost(socket)) {
            var line = demand();
            for (int i = 0; i < 2; i++) {
                try (var channel = host.connection()) {
                    ScriptedHost.expect(channel, Message.Hello.class);
                    channel.send(new Message.Refused(Message.Reason.ALREADY_LINKED, "another link is open"));
                }
            }
            host.welcomed();
            line.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void doesNotInsistWhenTheVersionIsWrong() throws Exception {
        try (var host = new ScriptedHost(socket)) {
            var line = demand();
            try (var channel = host.connection()) {
                ScriptedHost.expect(channel, Message.Hello.class);
                channel.send(new Message.Refused(Message.Reason.VERSION, "version 9 only"));
                String why = failure(line);
                assertTrue(why.contains("version 9 only") && why.contains("same version"), why);
            }
        }
    }

    @Test
    void aBrokenLinkIsReportedAndReplacedOnDemand() throws Exception {
        try (var host = new ScriptedHost(socket)) {
            var first = demand();
            MessageChannel channel = host.welcomed();
            Host.Line line = first.get(5, TimeUnit.SECONDS);
            channel.close();
            assertTrue(event().toString().startsWith("lost"));
            assertThrows(IOException.class, () -> line.send(new Message.Cancel(1)));
            var second = demand();
            host.welcomed();
            assertNotEquals(line, second.get(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void nonsenseEndsTheLink() throws Exception {
        try (var host = new ScriptedHost(socket)) {
            var first = demand();
            var channel = host.welcomed();
            first.get(5, TimeUnit.SECONDS);
            channel.connection().write(ByteBuffer.wrap(new byte[] {0, 0, 0, 2, '{', '}'}));
            assertTrue(event().toString().contains("not this protocol"));
            ScriptedHost.expectEnd(channel);

            var next = demand();
            var second = host.welcomed();
            next.get(5, TimeUnit.SECONDS);
            second.send(new Message.Welcome(Message.VERSION, "again"));
            assertTrue(event().toString().contains("second answer to the hello"));
        }
    }

    @Test
    void aRefusalOfWhatWasSaidIsReportedInTheHostsWords() throws Exception {
        try (var host = new ScriptedHost(socket)) {
            var first = demand();
            var channel = host.welcomed();
            first.get(5, TimeUnit.SECONDS);
            channel.send(new Message.Refused(Message.Reason.PROTOCOL, "request number 3 after 5\u202e"));
            String lost = event().toString();
            assertTrue(lost.contains("PROTOCOL") && lost.contains("request number 3 after 5⟨U+202E⟩"), lost);
        }
    }

    @Test
    void anAnswerBeforeTheWelcomeIsNonsense() throws Exception {
        try (var host = new ScriptedHost(socket)) {
            var line = demand(Duration.ofSeconds(1));
            var channel = host.connection();
            ScriptedHost.expect(channel, Message.Hello.class);
            channel.send(new Message.Ended(1, Outcome.DENIED));
            ScriptedHost.expectEnd(channel);
            assertTrue(failure(line).contains("no welcome"));
            assertTrue(events.isEmpty());
        }
    }

    @Test
    void closingEndsTheWait() throws Exception {
        var line = demand();
        assertThrows(java.util.concurrent.TimeoutException.class, () -> line.get(100, TimeUnit.MILLISECONDS));
        link.close();
        assertTrue(failure(line).contains("stopping"));
    }
}
