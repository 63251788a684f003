// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** Many calls at a time, and what comes after what. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class BusConcurrencyTest {
    private static final String SERVICE = "org.spectrum_os.portal.TestConcurrency";
    private static final String PATH = "/org/spectrum_os/portal/test";
    private static final String IFACE = TestInterface.NAME;
    private PrivateBus bus;
    private BusConnection server;
    private BusConnection client;
    private final CountDownLatch release = new CountDownLatch(1);
    private final BlockingQueue<String> quiet = new LinkedBlockingQueue<>();

    @BeforeAll
    void start() throws Exception {
        bus = PrivateBus.start();
        server = BusConnection.connect(bus.address());
        client = BusConnection.connect(bus.address());
        var test = new TestInterface()
                .with(
                        "Greet",
                        "s",
                        "s",
                        call -> Reply.of("s", "Hello " + call.arguments().getFirst()))
                .with("Assert", "", "", call -> {
                    throw new AssertionError("not an exception");
                })
                .with("Join", "", "", call -> {
                    throw new java.util.concurrent.CompletionException(new IllegalStateException("inside"));
                })
                .with("Block", "", "s", call -> {
                    await(release);
                    return Reply.of("s", "released");
                })
                .with("Quiet", "s", "", call -> {
                    quiet.add((String) call.arguments().getFirst());
                    return Reply.empty();
                })
                .with(
                        "Signal",
                        "u",
                        "s",
                        call -> Reply.of("s", "first").then(() -> {
                            for (int i = 0; i < 100; i++) {
                                emit(call.sender(), ((Number) call.arguments().getFirst()).intValue() + i);
                            }
                        }));
        server.export(PATH, ExportedObject.of(test));
        server.requestName(SERVICE, Set.of(NameFlag.DO_NOT_QUEUE));
    }

    @AfterAll
    void stop() throws Exception {
        release.countDown();
        client.close();
        server.close();
        bus.close();
    }

    private void emit(String destination, int number) {
        try {
            server.emit(destination, PATH, IFACE, "Counted", "u", number);
        } catch (BusException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String nameOf(ExecutionException failure) {
        return assertInstanceOf(CallFailedException.class, failure.getCause()).name();
    }

    private List<Object> call(String member, String signature, Object... args) throws BusException {
        return client.call(SERVICE, PATH, IFACE, member, signature, args);
    }

    @Test
    void aBlockingHandlerHoldsUpNobody() throws Exception {
        var blocked = client.callAsync(Duration.ofMinutes(1), SERVICE, PATH, IFACE, "Block", "");
        List<CompletableFuture<List<Object>>> others = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            others.add(client.callAsync(Duration.ofSeconds(30), SERVICE, PATH, IFACE, "Greet", "s", "" + i));
        }
        for (int i = 0; i < 500; i++) {
            assertEquals(List.of("Hello " + i), others.get(i).get());
        }
        assertFalse(blocked.isDone());
        release.countDown();
        assertEquals(List.of("released"), blocked.get());
    }

    @Test
    void tooManyCallsAtATimeAreRefusedAndOthersServed() throws Exception {
        var gate = new CountDownLatch(1);
        var held = new TestInterface().with("Hold", "", "", call -> {
            await(gate);
            return Reply.empty();
        });
        try (var flooder = BusConnection.connect(bus.address());
                var exported = server.export("/held", ExportedObject.of(held))) {
            List<CompletableFuture<List<Object>>> calls = new ArrayList<>();
            for (int i = 0; i < CallDispatcher.MAX_IN_PROGRESS + 10; i++) {
                calls.add(flooder.callAsync(Duration.ofMinutes(1), SERVICE, "/held", IFACE, "Hold", ""));
            }
            for (var refused : calls.subList(CallDispatcher.MAX_IN_PROGRESS, calls.size())) {
                var failure = assertThrows(ExecutionException.class, refused::get);
                assertEquals(ErrorNames.LIMITS_EXCEEDED, nameOf(failure));
            }
            assertEquals(List.of("Hello there"), call("Greet", "s", "there"));
            gate.countDown();
            for (var served : calls.subList(0, CallDispatcher.MAX_IN_PROGRESS)) {
                assertEquals(List.of(), served.get());
            }
            assertEquals(List.of(), flooder.call(SERVICE, "/held", IFACE, "Hold", ""));
        } finally {
            gate.countDown();
        }
    }

    @Test
    void theReplyComesBeforeWhatFollowsIt() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<String> order =
                    RawCalls.replyAndSignals(bus.address(), SERVICE, PATH, IFACE, "Signal", 100 * round, 100);
            assertEquals("reply first", order.getFirst());
            for (int i = 0; i < 100; i++) {
                assertEquals("signal " + (100 * round + i), order.get(i + 1));
            }
        }
    }

    @Test
    void aCallerThatWantsNoReplyGetsNone() throws Exception {
        List<String> received = RawCalls.withoutReply(bus.address(), SERVICE, PATH, IFACE, "Quiet", "psst");
        assertEquals("psst", quiet.poll(10, TimeUnit.SECONDS));
        assertEquals(List.of("reply Hello end"), received);
    }

    @Test
    void aLateAnswerIsNotWaitedFor() throws Exception {
        var gate = new CountDownLatch(1);
        var slow = new TestInterface().with("Slow", "", "", call -> {
            await(gate);
            return Reply.empty();
        });
        try (var exported = server.export("/slow", ExportedObject.of(slow))) {
            var call = client.callAsync(Duration.ofMillis(100), SERVICE, "/slow", IFACE, "Slow", "");
            var failure = assertThrows(ExecutionException.class, call::get);
            assertEquals(ErrorNames.NO_REPLY, nameOf(failure));
        } finally {
            gate.countDown();
        }
    }

    @Test
    void aHandlerThatBreaksStillAnswers() throws Exception {
        for (String member : List.of("Assert", "Join")) {
            var failed = assertThrows(CallFailedException.class, () -> call(member, ""));
            assertEquals(ErrorNames.FAILED, failed.name());
        }
    }
}
