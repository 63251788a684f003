// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UeventTest {
    private static final String PLUGGED =
            "ACTION=add\0DEVPATH=/devices/pci0000:00/usb1/1-2\0SUBSYSTEM=usb\0DEVNUM=004\0";

    static byte[] kernel(String fields) {
        return ("add@/devices/pci0000:00/usb1/1-2\0" + fields).getBytes(StandardCharsets.UTF_8);
    }

    static byte[] udev(String fields) {
        byte[] bytes = fields.getBytes(StandardCharsets.UTF_8);
        return udev(bytes, 40, bytes.length);
    }

    private static byte[] udev(byte[] fields, int from, int length) {
        ByteBuffer all = ByteBuffer.allocate(40 + fields.length);
        all.put("libudev\0".getBytes(StandardCharsets.US_ASCII)).putInt(0xfeedcafe);
        all.order(ByteOrder.nativeOrder()).putInt(40).putInt(from).putInt(length);
        return all.position(40).put(fields).array();
    }

    private static Optional<Uevent> parse(byte[] message) {
        return Uevent.parse(ByteBuffer.wrap(message));
    }

    @Test
    void theKernelAndUdevSayTheSameEachInItsForm() {
        Uevent plugged = parse(kernel(PLUGGED)).orElseThrow();
        assertEquals(Uevent.Origin.KERNEL, plugged.origin());
        assertEquals("add", plugged.action());
        assertEquals("/devices/pci0000:00/usb1/1-2", plugged.devpath());
        assertEquals("usb", plugged.subsystem());
        assertEquals("004", plugged.fields().get("DEVNUM"));
        Uevent handled = parse(udev(PLUGGED)).orElseThrow();
        assertEquals(Uevent.Origin.UDEV, handled.origin());
        assertEquals(plugged.fields(), handled.fields());
    }

    @Test
    void whatLacksAPartOrLeadsElsewhereIsPassedOver() {
        assertTrue(parse(kernel(PLUGGED)).isPresent());
        assertFalse(parse(kernel("ACTION=add\0SUBSYSTEM=usb\0")).isPresent());
        assertFalse(parse(kernel("ACTION=add\0SUBSYSTEM=usb\0DEVPATH=/devices/../../etc\0"))
                .isPresent());
        assertFalse(parse(kernel("ACTION=add\0SUBSYSTEM=usb\0DEVPATH=/devices/..\0"))
                .isPresent());
        assertFalse(parse(new byte[0]).isPresent());
        byte[] fields = PLUGGED.getBytes(StandardCharsets.UTF_8);
        assertFalse(parse(udev(fields, 40, fields.length + 1)).isPresent());
        assertFalse(parse(udev(fields, -1, 10)).isPresent());
        assertFalse(parse(udev(fields, 40, -1)).isPresent());
        byte[] otherMagic = udev(PLUGGED);
        otherMagic[8] = 0;
        assertFalse(parse(otherMagic).isPresent());
        StringBuilder many = new StringBuilder(PLUGGED);
        for (int i = 0; i < 600; i++) {
            many.append("A").append(i).append("=\0");
        }
        assertFalse(parse(kernel(many.toString())).isPresent());
        assertFalse(
                parse(kernel(PLUGGED + "X=" + "y".repeat(Uevent.MOST_BYTES))).isPresent());
    }

    @Test
    void ofTwoFieldsOfOneNameTheFirstCounts() {
        Uevent event = parse(kernel(PLUGGED + "DEVPATH=/devices/other\0")).orElseThrow();
        assertEquals("/devices/pci0000:00/usb1/1-2", event.devpath());
        assertEquals(Map.of("a", "b"), new Uevent(event.origin(), "x", "/", "y", Map.of("a", "b")).fields());
    }

    @Test
    void nothingThatIsSentMakesItStumble() throws IOException {
        var random = new Random(20261129);
        byte[][] seeds = {kernel(PLUGGED), udev(PLUGGED)};
        int understood = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] message = seeds[i % 2].clone();
            for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                message[random.nextInt(message.length)] = (byte) random.nextInt(256);
            }
            ByteBuffer cut = ByteBuffer.wrap(message, 0, random.nextInt(message.length / 2, message.length + 1));
            Optional<Uevent> event = Uevent.parse(cut);
            assertEquals(0, cut.remaining());
            if (event.isPresent()) {
                understood++;
                assertTrue(event.get().devpath().startsWith("/"));
                assertFalse((event.get().devpath() + "/").contains("/../"));
            }
        }
        assertTrue(understood > 1000, understood + " understood");
    }
}
