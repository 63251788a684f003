// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;

/** How much may wait, without a bus: the bytes are the same ones each time. */
class OrderedCallsTest {
    private static final byte[] HEAD = new byte[16];
    private static final byte[] BODY = new byte[30 << 20];

    private final List<OrderedCall> held = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private final OrderedCalls calls = new OrderedCalls(message -> sent.add(kind(message)));
    private final OrderedInterface target = new OrderedInterface() {
        @Override
        public InterfaceDescription description() {
            throw new AssertionError("the table has it");
        }

        @Override
        public void accept(OrderedCall call) {
            held.add(call);
        }
    };

    private static String kind(byte[] message) {
        return message[1] == WireClient.ERROR ? "error" : "reply";
    }

    private void call(String sender) {
        var fields = new Incoming.Fields("/a", "a.b", "Hold", sender, "", 0);
        var message = new Incoming(HEAD, BODY, ByteOrder.LITTLE_ENDIAN, fields, List.of());
        calls.accept(new OrderedMethod(target, "Hold", "", ""), message, sender);
    }

    @Test
    void oneCallerMayHave128MiBWaiting() {
        for (int i = 0; i < 5; i++) {
            call(":1.1");
        }
        assertEquals(4, held.size());
        assertEquals(List.of("error"), sent);
        held.getFirst().reply(new MarshalWriter());
        call(":1.1");
        assertEquals(5, held.size());
        assertEquals(List.of("error", "reply"), sent);
    }

    @Test
    void allCallersTogetherMayHave256MiBWaiting() {
        for (int i = 0; i < 10; i++) {
            call(":1." + i);
        }
        assertEquals(8, held.size());
        assertEquals(List.of("error", "error"), sent);
        held.forEach(call -> call.error(ErrorNames.FAILED, "no"));
        call(":1.20");
        assertEquals(9, held.size());
        assertTrue(sent.stream().allMatch("error"::equals));
    }
}
