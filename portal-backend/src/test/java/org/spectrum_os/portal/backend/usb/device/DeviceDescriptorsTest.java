// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.backend.lease.UsbInterfaceCode;

class DeviceDescriptorsTest {
    private static final String DEVICE = "12010002 000000 40 da0b 5381 0031 01 02 03 02 ";
    /** Two configurations: a maker's own interface; a network card of the class. */
    private static final String FIRST =
            "09022000 01 01 00 a0 32  09040000 02 ffff00 00  07058102400000 07050202400000 ";

    private static final String SECOND =
            "09022400 02 02 00 a0 32  09040000 01 020600 00  09040100 00 0a0000 00  09040101 00 0a0001 00 ";

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static Optional<String> interfaces(String hex) {
        return DeviceDescriptors.parse(bytes(hex)).map(one -> one.interfaces().toString());
    }

    @Test
    void allConfigurationsCount() {
        DeviceDescriptors one =
                DeviceDescriptors.parse(bytes(DEVICE + FIRST + SECOND)).orElseThrow();
        assertEquals(0x0bda, one.vendor());
        assertEquals(0x8153, one.product());
        assertEquals(0x3100, one.release());
        assertTrue(one.hasSerial());
        assertEquals(new UsbInterfaceCode(0, 0, 0), one.own());
        assertEquals("[020600, 0a0000, 0a0001, ffff00]", one.interfaces().toString());
    }

    @Test
    void whereALengthLiesTheRestOfThatConfigurationSaysNothing() {
        String zero = FIRST.replace("07058102400000", "00058102400000");
        assertEquals(Optional.of("[020600, 0a0000, 0a0001, ffff00]"), interfaces(DEVICE + zero + SECOND));
        String one = FIRST.replace("09040000 02", "01040000 02");
        assertEquals(Optional.of("[020600, 0a0000, 0a0001]"), interfaces(DEVICE + one + SECOND));
        String beyondTheData = zero.replace("09022000", "0902ffff");
        assertEquals(Optional.of("[ffff00]"), interfaces(DEVICE + beyondTheData + SECOND));
        String backwards = zero.replace("09022000", "09020000");
        assertEquals(Optional.of("[ffff00]"), interfaces(DEVICE + backwards + SECOND));
        assertEquals(Optional.of("[ffff00]"), interfaces(DEVICE + FIRST + "0902"));
        assertEquals(Optional.of("[]"), interfaces(DEVICE));
    }

    @Test
    void whatIsNoDeviceOrMoreThanOneIsRefused() {
        assertFalse(interfaces("").isPresent());
        assertFalse(interfaces(DEVICE.substring(0, 40)).isPresent());
        assertFalse(interfaces(DEVICE.replace("1201", "1202")).isPresent());
        StringBuilder many = new StringBuilder(DEVICE);
        for (int i = 0; i <= DeviceDescriptors.MOST_INTERFACES; i++) {
            many.append(String.format("09040000 00 ff%04x 00", i));
        }
        assertFalse(interfaces(many.toString()).isPresent());
        assertFalse(DeviceDescriptors.parse(Arrays.copyOf(bytes(DEVICE + FIRST), DeviceDescriptors.MOST_BYTES + 1))
                .isPresent());
        assertTrue(DeviceDescriptors.parse(Arrays.copyOf(bytes(DEVICE + FIRST), DeviceDescriptors.MOST_BYTES))
                .isPresent());
    }

    @Test
    void aSecurityKeyIsToldByAUsagePageAndNotByItsNumberSomewhere() {
        assertTrue(ReportDescriptor.isOfSecurityKey(bytes("06d0f1 0901 a101")));
        assertTrue(ReportDescriptor.isOfSecurityKey(bytes("fe02aa0000 07d0f10000 0901")));
        assertFalse(ReportDescriptor.isOfSecurityKey(bytes("0501 27d0f10000 26d0f1 0906")));
        assertFalse(ReportDescriptor.isOfSecurityKey(bytes("27 06d0f100 06d0")));
        assertFalse(ReportDescriptor.isOfSecurityKey(bytes("fe")));
        assertFalse(ReportDescriptor.isOfSecurityKey(new byte[0]));
    }

    @Test
    void noBytesMakeTheParsersStumble() {
        var random = new Random(20261129);
        byte[] seed = bytes(DEVICE + FIRST + SECOND);
        int understood = 0;
        for (int i = 0; i < 300_000; i++) {
            byte[] bytes = Arrays.copyOf(seed, random.nextInt(2) == 0 ? seed.length : random.nextInt(seed.length + 20));
            for (int changes = random.nextInt(5); changes > 0 && bytes.length > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Optional<DeviceDescriptors> one = DeviceDescriptors.parse(bytes);
            if (one.isPresent()) {
                understood++;
                assertTrue(one.get().interfaces().size() <= DeviceDescriptors.MOST_INTERFACES);
            }
            boolean _ = ReportDescriptor.isOfSecurityKey(bytes);
        }
        assertTrue(understood > 100_000, understood + " understood");
    }
}
