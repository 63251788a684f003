// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;

/**
 * A device as the portal describes it: what udev would say of it if it were here (systemd's hwdb and usb_id builtins), since that is what
 * applications are written for. A node is named only while there is one in this VM.
 */
final class UsbProperties {
    /** Beside letters and digits, what udev lets stand in a property that may become part of a file's name. */
    private static final String KEPT = "#+-.:=@_";

    private UsbProperties() {}

    static Map<String, Variant<?>> of(UsbDeviceInfo device, Optional<Path> node) {
        Map<String, Variant<?>> all = new LinkedHashMap<>();
        node.ifPresent(path -> all.put("device-file", text(path.toString())));
        // What is lent may be written to; how the application opens it is its own affair.
        all.put("readable", Variants.of("b", true));
        all.put("writable", Variants.of("b", true));
        all.put("properties", Variants.of("a{sv}", udev(device)));
        return all;
    }

    private static Map<String, Variant<?>> udev(UsbDeviceInfo device) {
        String vendorId = hex(device.vendor());
        String modelId = hex(device.product());
        String vendor = orElse(wellFormed(device.ownVendor()), vendorId);
        String model = orElse(wellFormed(device.ownProduct()), modelId);
        String serial = name(wellFormed(device.serial()));
        Map<String, Variant<?>> properties = new LinkedHashMap<>();
        properties.put("ID_VENDOR_ID", text(vendorId));
        properties.put("ID_MODEL_ID", text(modelId));
        properties.put("ID_REVISION", text(hex(device.release())));
        properties.put("ID_VENDOR_ENC", text(encoded(vendor)));
        properties.put("ID_MODEL_ENC", text(encoded(model)));
        properties.put("ID_SERIAL", text(name(vendor) + "_" + name(model) + (serial.isEmpty() ? "" : "_" + serial)));
        if (!serial.isEmpty()) {
            properties.put("ID_SERIAL_SHORT", text(serial));
        }
        if (!device.vendorName().isEmpty()) {
            properties.put("ID_VENDOR_FROM_DATABASE", text(wellFormed(device.vendorName())));
        }
        if (!device.productName().isEmpty()) {
            properties.put("ID_MODEL_FROM_DATABASE", text(wellFormed(device.productName())));
        }
        return properties;
    }

    private static Variant<?> text(String text) {
        return Variants.of("s", text);
    }

    private static String hex(int number) {
        return "%04x".formatted(number);
    }

    private static String orElse(String first, String second) {
        return first.isEmpty() ? second : first;
    }

    /** A device may claim half of a surrogate pair, which has no UTF-8. */
    private static String wellFormed(String claim) {
        return new String(claim.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** Everything that may not stand in a name is written as its bytes, {@code \x20} for a space. */
    static String encoded(String text) {
        var out = new StringBuilder();
        text.codePoints().forEach(codePoint -> {
            if (codePoint >= 0x80 || isKept(codePoint)) {
                out.appendCodePoint(codePoint);
            } else {
                out.append("\\x%02x".formatted(codePoint));
            }
        });
        return out.toString();
    }

    /** Blanks at the ends are dropped, those within become one underscore, and so does each character that may not stand in a name. */
    static String name(String text) {
        var out = new StringBuilder();
        text.strip().replaceAll("\\s+", "_").codePoints().forEach(codePoint -> {
            if (codePoint >= 0x80 || isKept(codePoint)) {
                out.appendCodePoint(codePoint);
            } else {
                out.append('_');
            }
        });
        return out.toString();
    }

    private static boolean isKept(int ascii) {
        return (ascii >= '0' && ascii <= '9')
                || (ascii >= 'A' && ascii <= 'Z')
                || (ascii >= 'a' && ascii <= 'z')
                || KEPT.indexOf(ascii) >= 0;
    }
}
