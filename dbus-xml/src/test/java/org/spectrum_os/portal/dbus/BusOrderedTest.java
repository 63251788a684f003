// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.dbus.WireClient.Received;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class BusOrderedTest {
    private static final String IFACE = "org.spectrum_os.portal.Ordered";
    private static final String PATH = "/ordered";
    private static final int MANY = 20_000;
    private PrivateBus bus;
    private BusConnection server;
    private final BlockingQueue<OrderedCall> held = new LinkedBlockingQueue<>();
    private final List<Integer> seen = new ArrayList<>();

    private static MethodDescription method(String name, String in, String out) {
        return new MethodDescription(name, arguments(in), arguments(out));
    }

    private static List<ArgumentDescription> arguments(String signature) {
        return Wire.split(signature).stream()
                .map(type -> new ArgumentDescription("value", type))
                .toList();
    }

    private final class Service implements OrderedInterface {
        private final InterfaceDescription description = new InterfaceDescription(
                IFACE,
                List.of(
                        method("Count", "u", "u"),
                        method("Echo", "v", "v"),
                        method("Hold", "", "u"),
                        method("Signals", "s", "s"),
                        method("Break", "", ""),
                        method("BreakAfter", "", ""),
                        method("Lie", "", "s"),
                        method("Twice", "", "u")),
                List.of(),
                List.of(new PropertyDescription("version", "u", PropertyDescription.Access.READ)),
                "<interface name=\"" + IFACE + "\"/>");

        @Override
        public InterfaceDescription description() {
            return description;
        }

        @Override
        public Object property(String name) {
            return 2;
        }

        @Override
        public void accept(OrderedCall call) {
            try {
                answer(call);
            } catch (MarshalException e) {
                call.error(ErrorNames.INVALID_ARGS, String.valueOf(e.getMessage()));
            }
        }

        private void answer(OrderedCall call) throws MarshalException {
            var out = new MarshalWriter();
            switch (call.member()) {
                case "Count" -> {
                    int number = call.reader().readInt32();
                    seen.add(number);
                    out.writeInt32(number);
                    call.reply(out);
                }
                case "Echo" -> {
                    out.writeVariant(call.reader().readVariant());
                    call.reply(out);
                }
                case "Hold" -> held.add(call);
                case "Signals" -> signals(call.reader().readString(), () -> signalsAround(call));
                case "Break" -> throw new IllegalStateException("a secret detail");
                case "BreakAfter" -> {
                    call.reply(out);
                    throw new IllegalStateException("a secret detail");
                }
                case "Lie" -> {
                    out.writeInt32(1);
                    call.reply(out);
                }
                default -> {
                    out.writeInt32(1);
                    call.reply(out);
                    call.error(ErrorNames.FAILED, "again");
                }
            }
        }
    }

    private static void signals(String where, Runnable task) {
        switch (where) {
            case "reader" -> task.run();
            case "platform" -> Thread.ofPlatform().start(task);
            case "virtual" -> Thread.ofVirtual().start(task);
            default ->
                Thread.ofPlatform().start(() -> {
                    Thread.currentThread().interrupt();
                    task.run();
                });
        }
    }

    /** A hundred signals, the reply, and a hundred signals more. */
    private void signalsAround(OrderedCall call) {
        try {
            for (int i = 0; i <= 200; i++) {
                var out = new MarshalWriter();
                if (i == 100) {
                    out.writeString("reply");
                    call.reply(out);
                } else {
                    out.writeInt32(i);
                    server.emit(call.sender(), PATH, IFACE, "Counted", "u", out);
                }
            }
        } catch (BusException | MarshalException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeAll
    void start() throws Exception {
        bus = PrivateBus.start();
        server = BusConnection.connect(bus.address());
        server.export(PATH, ExportedObject.of(new Service(), new TestInterface()));
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
        bus.close();
    }

    private int send(WireClient client, String member, String signature, MarshalWriter body) throws Exception {
        return client.call(server.uniqueName(), PATH, IFACE, member, signature, body);
    }

    private Received call(WireClient client, String member, String signature, MarshalWriter body) throws Exception {
        int serial = send(client, member, signature, body);
        return client.next(message -> message.replySerial() == serial);
    }

    private static MarshalWriter body(Consumer<MarshalWriter> writing) {
        var out = new MarshalWriter();
        writing.accept(out);
        return out;
    }

    @Test
    void callsAndRepliesKeepTheOrderOfArrival() throws Exception {
        try (var client = new WireClient(bus.address())) {
            seen.clear();
            var sender = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < MANY; i++) {
                        int number = i;
                        send(client, "Count", "u", body(out -> out.writeInt32(number)));
                    }
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            for (int i = 0; i < MANY; i++) {
                Received reply = client.next(message -> message.type() != WireClient.SIGNAL);
                assertEquals(WireClient.REPLY, reply.type(), reply.name());
                assertEquals(i, reply.body().readInt32());
            }
            sender.join();
            for (int i = 0; i < MANY; i++) {
                assertEquals(i, seen.get(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reader", "platform", "virtual", "interrupted"})
    void whatOneThreadSendsKeepsItsOrder(String where) throws Exception {
        try (var client = new WireClient(bus.address())) {
            for (int round = 0; round < 10; round++) {
                var out = new MarshalWriter();
                out.writeString(where);
                send(client, "Signals", "s", out);
                for (int i = 0; i <= 200; i++) {
                    Received message = client.next(any -> !any.name().startsWith("Name"));
                    if (i == 100) {
                        assertEquals("reply", message.body().readString());
                    } else {
                        assertEquals("Counted", message.name());
                        assertEquals(i, message.body().readInt32());
                    }
                }
            }
        }
    }

    @Test
    void bodiesComeBackBitForBit() throws Exception {
        List<MarshalledValue> values = new ArrayList<>();
        values.add(MarshalledValue.of("d", new byte[] {1, 2, 3, 4, 5, 6, (byte) 0xf8, 0x7f}));
        values.add(MarshalledValue.of("a{yy}", new byte[] {10, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 2}));
        var large = new MarshalWriter();
        byte[] bytes = new byte[20 << 20];
        new Random(1).nextBytes(bytes);
        int array = large.beginArray("y");
        large.writeBytes(bytes);
        large.endArray(array);
        values.add(MarshalledValue.of("ay", large.toByteArray()));
        var deep = new MarshalWriter();
        for (int i = 0; i < 62; i++) {
            deep.writeSignature("v");
        }
        deep.writeVariant(MarshalledValue.of("y", new byte[] {7}));
        values.add(MarshalledValue.of("v", deep.toByteArray()));
        try (var client = new WireClient(bus.address())) {
            for (MarshalledValue value : values) {
                var out = new MarshalWriter();
                out.writeVariant(value);
                Received reply = call(client, "Echo", "v", out);
                assertEquals("v", reply.signature(), reply.name());
                assertEquals(value, reply.body().readVariant());
            }
        }
    }

    @Test
    void aCallInTheOtherByteOrderIsUnderstood() throws Exception {
        try (var client = new WireClient(bus.address())) {
            byte[] number = {1, 'u', 0, 0, 1, 2, 3, 4};
            int serial = client.call(ByteOrder.BIG_ENDIAN, 0, server.uniqueName(), PATH, IFACE, "Echo", "v", number);
            Received reply = client.next(message -> message.replySerial() == serial);
            assertArrayEquals(
                    new byte[] {4, 3, 2, 1}, reply.body().readVariant().toByteArray());
        }
    }

    private String errorOf(WireClient client, String member) throws Exception {
        Received reply = call(client, member, "", new MarshalWriter());
        assertEquals(WireClient.ERROR, reply.type());
        assertFalse(reply.body().readString().contains("secret"));
        return reply.name();
    }

    @Test
    void whateverHandlersDoThereIsOneAnswer() throws Exception {
        try (var client = new WireClient(bus.address())) {
            assertEquals(ErrorNames.FAILED, errorOf(client, "Break"));
            assertEquals(ErrorNames.FAILED, errorOf(client, "Lie"));
            assertEquals(ErrorNames.INVALID_ARGS, errorOf(client, "Count"));
            assertEquals(ErrorNames.UNKNOWN_METHOD, errorOf(client, "None"));
            int after = send(client, "BreakAfter", "", new MarshalWriter());
            int twice = send(client, "Twice", "", new MarshalWriter());
            int last = send(client, "Count", "u", body(out -> out.writeInt32(9)));
            for (int serial : List.of(after, twice, last)) {
                Received reply = client.next(message -> message.type() != WireClient.SIGNAL);
                assertEquals(WireClient.REPLY, reply.type());
                assertEquals(serial, reply.replySerial());
            }
        }
    }

    @Test
    void whoWantsNoReplyGetsNone() throws Exception {
        try (var client = new WireClient(bus.address())) {
            for (String member : List.of("Twice", "Break", "Hold")) {
                client.call(ByteOrder.LITTLE_ENDIAN, 1, server.uniqueName(), PATH, IFACE, member, "", new byte[0]);
            }
            held.take().reply(body(out -> out.writeInt32(1)));
            int last = send(client, "Count", "u", body(out -> out.writeInt32(9)));
            assertEquals(
                    last,
                    client.next(message -> message.type() != WireClient.SIGNAL).replySerial());
        }
    }

    @Test
    void theRestOfTheObjectWorksAsEver() throws Exception {
        try (var client = BusConnection.connect(bus.address())) {
            var version = client.call(
                    server.uniqueName(), PATH, "org.freedesktop.DBus.Properties", "Get", "ss", IFACE, "version");
            assertEquals(List.of(Variants.of("u", 2)), version);
            var text = client.call(server.uniqueName(), PATH, "org.freedesktop.DBus.Introspectable", "Introspect", "");
            assertTrue(Values.string(text.getFirst()).contains(IFACE));
        }
        try (var client = new WireClient(bus.address())) {
            int serial = client.call(server.uniqueName(), PATH, "", "Count", "u", body(out -> out.writeInt32(77)));
            assertEquals(
                    77,
                    client.next(message -> message.replySerial() == serial)
                            .body()
                            .readInt32());
        }
    }

    @Test
    void aCallerThatHasGoneHoldsUpNobody() throws Exception {
        try (var client = new WireClient(bus.address())) {
            send(client, "Hold", "", new MarshalWriter());
        }
        OrderedCall left = held.take();
        left.reply(body(out -> out.writeInt32(1)));
        try (var client = new WireClient(bus.address())) {
            assertEquals(
                    WireClient.REPLY,
                    call(client, "Count", "u", body(out -> out.writeInt32(1))).type());
        }
    }

    /** The bus, too, bounds the calls of one connection that wait for a reply; so these want none. */
    @Test
    void manyCallsMayWaitAndOneMoreIsRefused() throws Exception {
        try (var client = new WireClient(bus.address())) {
            for (int i = 0; i < OrderedCalls.MAX_CALLS; i++) {
                client.call(ByteOrder.LITTLE_ENDIAN, 1, server.uniqueName(), PATH, IFACE, "Hold", "", new byte[0]);
            }
            Received refused = call(client, "Hold", "", new MarshalWriter());
            assertEquals(ErrorNames.LIMITS_EXCEEDED, refused.name());
            assertTrue(refused.body().readString().startsWith("Too many calls in progress"));
            try (var other = new WireClient(bus.address())) {
                assertEquals(
                        WireClient.REPLY,
                        call(other, "Count", "u", body(out -> out.writeInt32(1)))
                                .type());
            }
            for (int i = 0; i < OrderedCalls.MAX_CALLS; i++) {
                held.remove().reply(body(out -> out.writeInt32(1)));
            }
            assertEquals(
                    WireClient.REPLY,
                    call(client, "Count", "u", body(out -> out.writeInt32(1))).type());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual"})
    void manyAnswersAtOnceAllArrive(String where) throws Exception {
        try (var client = new WireClient(bus.address())) {
            for (int i = 0; i < MANY; i++) {
                send(client, "Hold", "", new MarshalWriter());
            }
            // All of them have come once this is answered.
            int last = send(client, "Count", "u", body(out -> out.writeInt32(1)));
            client.next(message -> message.replySerial() == last);
            signals(where, () -> {
                for (int i = 0; i < MANY; i++) {
                    int number = i;
                    held.remove().reply(body(out -> out.writeInt32(number)));
                }
            });
            for (int i = 0; i < MANY; i++) {
                Received reply = client.next(message -> message.type() != WireClient.SIGNAL);
                assertEquals(i, reply.body().readInt32(), reply.name());
            }
        }
    }

    @Test
    void whatIsNoBodyIsNotEmitted() {
        assertThrows(
                IllegalArgumentException.class,
                () -> server.emit(null, PATH, IFACE, "Counted", "u", new MarshalWriter()));
        assertThrows(IllegalArgumentException.class, () -> server.emit(null, "x", IFACE, "S", "", new MarshalWriter()));
    }
}
