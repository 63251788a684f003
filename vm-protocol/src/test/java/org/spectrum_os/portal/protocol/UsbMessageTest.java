// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsbMessageTest {
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final LentDevice LENT = new LentDevice("usb-k3v9q2mw", ID, 0x1d50, 0x6018, "7BB180B4", 9);
    private static final UsbDeviceInfo DEVICE = new UsbDeviceInfo(
            ID, 0x1d50, 0x6018, 0x0100, "OpenMoko, Inc.", "", "<b>\"Black\" Sphere</b>", "Pröbe\u202e", "7BB180B4");

    static List<UsbMessage> messages() {
        return List.of(
                new UsbMessage.Hello(UsbMessage.VERSION, Untrusted.of("spectrum-agent 0.1")),
                new UsbMessage.Acquire(1, false, List.of(Untrusted.of(ID), Untrusted.of("../x"))),
                new UsbMessage.Seek(2, true, 0x1d50, 0x6018, 0xff),
                new UsbMessage.Seek(3, false, null, null, null),
                new UsbMessage.Withdraw(Long.MAX_VALUE),
                new UsbMessage.Release("usb-k3v9q2mw"),
                new UsbMessage.Welcome(UsbMessage.VERSION),
                new UsbMessage.Refused("of another version"),
                new UsbMessage.Present(DEVICE),
                new UsbMessage.Absent(ID),
                new UsbMessage.Listed(),
                new UsbMessage.Granted(1, List.of(LENT, new LentDevice("b", "01234567", 0, 0xffff, "", null))),
                new UsbMessage.Again(LENT),
                new UsbMessage.Taken("usb-k3v9q2mw"),
                new UsbMessage.Ended(2, Outcome.DENIED));
    }

    private static UsbMessage decode(UsbMessage like, byte[] json) throws ProtocolException {
        return switch (like) {
            case UsbMessage.FromGuest _ -> MessageCodec.decode(json, UsbMessage.FromGuest.class);
            case UsbMessage.FromHost _ -> MessageCodec.decode(json, UsbMessage.FromHost.class);
        };
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageSurvivesTheWire(UsbMessage message) throws Exception {
        byte[] json = MessageCodec.encode(message);
        UsbMessage back = decode(message, json);
        assertEquals(message.getClass(), back.getClass());
        assertArrayEquals(json, MessageCodec.encode(back));
    }

    /** Each side may say only what is its own. */
    @ParameterizedTest
    @MethodSource("messages")
    void nothingIsTakenFromTheOtherSide(UsbMessage message) throws Exception {
        byte[] json = MessageCodec.encode(message);
        Class<? extends UsbMessage> other =
                message instanceof UsbMessage.FromGuest ? UsbMessage.FromHost.class : UsbMessage.FromGuest.class;
        assertThrows(ProtocolException.class, () -> MessageCodec.decode(json, other));
    }

    @Test
    void theWireFormatIsAsDocumented() throws Exception {
        assertEquals(
                "{\"type\":\"seek\",\"request\":7,\"keep\":true,\"vendor\":7504,\"product\":null,\"interfaceClass\":8}",
                new String(MessageCodec.encode(new UsbMessage.Seek(7, true, 0x1d50, null, 8)), StandardCharsets.UTF_8));
        assertEquals(
                "{\"type\":\"again\",\"device\":{\"lease\":\"usb-k3v9q2mw\",\"id\":\"" + ID
                        + "\",\"vendor\":7504,\"product\":24600,\"serial\":\"7BB180B4\",\"guestPort\":9}}",
                new String(MessageCodec.encode(new UsbMessage.Again(LENT)), StandardCharsets.UTF_8));
    }

    @Test
    void devicesAreOneToTheLimit() throws Exception {
        for (int count : new int[] {0, 1, UsbMessage.MOST_DEVICES, UsbMessage.MOST_DEVICES + 1}) {
            byte[] asked = bytes("{\"type\":\"acquire\",\"request\":1,\"keep\":false,\"devices\":["
                    + String.join(",", Collections.nCopies(count, "\"" + ID + "\"")) + "]}");
            byte[] granted = bytes("{\"type\":\"granted\",\"request\":1,\"devices\":["
                    + String.join(
                            ",",
                            Collections.nCopies(
                                    count,
                                    "{\"lease\":\"a\",\"id\":\"" + ID
                                            + "\",\"vendor\":1,\"product\":2,\"serial\":\"\",\"guestPort\":null}"))
                    + "]}");
            if (count == 0 || count > UsbMessage.MOST_DEVICES) {
                assertThrows(ProtocolException.class, () -> MessageCodec.decode(asked, UsbMessage.FromGuest.class));
                assertThrows(ProtocolException.class, () -> MessageCodec.decode(granted, UsbMessage.FromHost.class));
            } else {
                assertEquals(
                        UsbMessage.Acquire.class,
                        MessageCodec.decode(asked, UsbMessage.FromGuest.class).getClass());
                assertEquals(
                        UsbMessage.Granted.class,
                        MessageCodec.decode(granted, UsbMessage.FromHost.class).getClass());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":\"grab\",\"request\":1}",
                "{\"type\":\"open-file\",\"request\":1}",
                "{\"type\":\"hello\",\"version\":1}",
                "{\"type\":\"hello\",\"version\":1,\"agent\":\"a\",\"instance\":\"vault\"}",
                "{\"type\":\"acquire\",\"request\":0,\"keep\":false,\"devices\":[\"01234567\"]}",
                "{\"type\":\"acquire\",\"request\":1,\"devices\":[\"01234567\"]}",
                "{\"type\":\"acquire\",\"request\":1,\"keep\":null,\"devices\":[\"01234567\"]}",
                "{\"type\":\"acquire\",\"request\":1,\"keep\":\"false\",\"devices\":[\"01234567\"]}",
                "{\"type\":\"acquire\",\"request\":1,\"keep\":false,\"devices\":[null]}",
                "{\"type\":\"acquire\",\"request\":1,\"keep\":false,\"devices\":[7]}",
                "{\"type\":\"acquire\",\"request\":1,\"keep\":false,\"devices\":\"01234567\"}",
                "{\"type\":\"seek\",\"request\":0,\"keep\":false,\"vendor\":null,\"product\":null,\"interfaceClass\":null}",
                "{\"type\":\"seek\",\"request\":1,\"keep\":false,\"vendor\":null,\"product\":1,\"interfaceClass\":null}",
                "{\"type\":\"seek\",\"request\":1,\"keep\":false,\"vendor\":65536,\"product\":null,\"interfaceClass\":null}",
                "{\"type\":\"seek\",\"request\":1,\"keep\":false,\"vendor\":-1,\"product\":null,\"interfaceClass\":null}",
                "{\"type\":\"seek\",\"request\":1,\"keep\":false,\"vendor\":1,\"product\":65536,\"interfaceClass\":null}",
                "{\"type\":\"seek\",\"request\":1,\"keep\":false,\"vendor\":null,\"product\":null,\"interfaceClass\":256}",
                "{\"type\":\"seek\",\"request\":1,\"keep\":false,\"vendor\":null,\"product\":null,\"interfaceClass\":-1}",
                "{\"type\":\"seek\",\"request\":1,\"keep\":false,\"vendor\":1.0,\"product\":null,\"interfaceClass\":null}",
                "{\"type\":\"withdraw\",\"request\":0}",
                "{\"type\":\"withdraw\",\"request\":-1}",
                "{\"type\":\"release\",\"lease\":\"\"}",
                "{\"type\":\"release\",\"lease\":\"../web\"}",
                "{\"type\":\"release\",\"lease\":\"A\"}",
                "{\"type\":\"release\",\"lease\":null}"
            })
    void anythingElseFromAGuestIsRefused(String json) {
        assertThrows(ProtocolException.class, () -> MessageCodec.decode(bytes(json), UsbMessage.FromGuest.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"absent\",\"id\":\"0123456\"}",
                "{\"type\":\"absent\",\"id\":\"0123456789abcdef0123456789abcdef0\"}",
                "{\"type\":\"absent\",\"id\":\"0123456G\"}",
                "{\"type\":\"absent\",\"id\":\"01234567\\n\"}",
                "{\"type\":\"taken\",\"lease\":\"-a\"}",
                "{\"type\":\"ended\",\"request\":1,\"outcome\":\"ALLOWED\"}",
                "{\"type\":\"ended\",\"request\":1,\"outcome\":0}",
                "{\"type\":\"ended\",\"request\":0,\"outcome\":\"DENIED\"}",
                "{\"type\":\"granted\",\"request\":0,\"devices\":[{\"lease\":\"a\",\"id\":\"01234567\",\"vendor\":1,\"product\":2,\"serial\":\"\",\"guestPort\":1}]}",
                "{\"type\":\"again\",\"device\":{\"lease\":\"a\",\"id\":\"01234567\",\"vendor\":1,\"product\":2,\"serial\":\"\",\"guestPort\":0}}",
                "{\"type\":\"again\",\"device\":{\"lease\":\"a\",\"id\":\"01234567\",\"vendor\":1,\"product\":2,\"serial\":\"\",\"guestPort\":256}}",
                "{\"type\":\"again\",\"device\":{\"lease\":\"a\",\"id\":\"01234567\",\"vendor\":65536,\"product\":2,\"serial\":\"\",\"guestPort\":1}}",
                "{\"type\":\"again\",\"device\":null}",
                "{\"type\":\"present\",\"device\":{\"id\":\"01234567\"}}",
                "{\"type\":\"listed\",\"devices\":[]}"
            })
    void anythingElseFromTheHostIsRefused(String json) {
        assertThrows(ProtocolException.class, () -> MessageCodec.decode(bytes(json), UsbMessage.FromHost.class));
    }

    @Test
    void textsOfADeviceAreBoundedAndHoldNoNul() {
        String longest = "x".repeat(UsbDeviceInfo.TEXT_CHARS);
        assertDoesNotThrow(() -> device(longest));
        assertThrows(IllegalArgumentException.class, () -> device(longest + "x"));
        assertThrows(IllegalArgumentException.class, () -> device("\0"));
        String serial = "x".repeat(LentDevice.SERIAL_CHARS);
        assertDoesNotThrow(() -> lent("a", serial));
        assertThrows(IllegalArgumentException.class, () -> lent("a", serial + "x"));
        assertThrows(IllegalArgumentException.class, () -> lent("a", "\0"));
    }

    @Test
    void leaseNamesArePlainAndShort() {
        assertDoesNotThrow(() -> lent("a".repeat(64), ""));
        for (String lease : List.of("", "..", "A", "a/b", "-a", "ü", "a ", "a\n", "a".repeat(65))) {
            assertThrows(IllegalArgumentException.class, () -> lent(lease, ""));
        }
    }

    private static UsbDeviceInfo device(String text) {
        return new UsbDeviceInfo(ID, 0xffff, 0xffff, 0xffff, text, text, text, text, text);
    }

    private static LentDevice lent(String lease, String serial) {
        return new LentDevice(lease, ID, 0xffff, 0xffff, serial, 255);
    }

    /** The worst of texts: each character of them takes six bytes in JSON. */
    @Test
    void theLargestMessagesFitInAFrame() throws Exception {
        var granted = new UsbMessage.Granted(
                Long.MAX_VALUE,
                Collections.nCopies(
                        UsbMessage.MOST_DEVICES, lent("a".repeat(64), "\u0001".repeat(LentDevice.SERIAL_CHARS))));
        var present = new UsbMessage.Present(device("\u0001".repeat(UsbDeviceInfo.TEXT_CHARS)));
        var acquire = new UsbMessage.Acquire(
                Long.MAX_VALUE, false, Collections.nCopies(UsbMessage.MOST_DEVICES, Untrusted.of(ID)));
        for (UsbMessage message : List.<UsbMessage>of(granted, present, acquire)) {
            byte[] json = MessageCodec.encode(message);
            assertTrue(json.length <= Limits.FRAME_BYTES, message.getClass() + ": " + json.length);
            assertEquals(message.getClass(), decode(message, json).getClass());
        }
    }

    @Test
    void whatIsBeyondAFrameIsNotRead() {
        String tooLong = "x".repeat(Limits.FRAME_BYTES);
        assertThrows(
                ProtocolException.class,
                () -> MessageCodec.decode(
                        bytes("{\"type\":\"hello\",\"version\":1,\"agent\":\"" + tooLong + "\"}"),
                        UsbMessage.FromGuest.class));
    }

    @Test
    void errorsDoNotQuoteTheGuest() {
        for (String json : List.of(
                "{\"type\":\"SECRET\\u001b[31m\"}",
                "{\"type\":\"release\",\"lease\":\"SECRET\\u001b[31m\"}",
                "{\"type\":\"withdraw\",\"request\":\"SECRET\"}")) {
            var error = assertThrows(
                    ProtocolException.class, () -> MessageCodec.decode(bytes(json), UsbMessage.FromGuest.class));
            assertFalse(String.valueOf(error.getMessage()).contains("SECRET"));
        }
    }

    /** Random damage to good messages: a message or a ProtocolException, nothing else. */
    @Test
    void damagedMessagesNeverThrowAnythingElse() throws Exception {
        Damage.tryOn(messages(), 11, UsbMessageTest::decode);
    }
}
