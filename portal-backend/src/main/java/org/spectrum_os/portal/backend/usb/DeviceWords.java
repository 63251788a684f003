// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;

/**
 * What is said of a device: to the user, where nothing of its own may look like more than a claim, and to a guest, which gets what the device
 * says, made well-formed. A device can call itself anything.
 */
final class DeviceWords {
    /** UTF-16 units of a string descriptor. */
    private static final int DESCRIPTOR_CHARS = 126;

    private static final int SHOWN = 80;
    private static final int DRIVER = 64;
    private static final int LISTED = 32;

    private DeviceWords() {}

    /** What the window shows. */
    static Candidate candidate(String id, HostDevice device, State state) {
        return new Candidate(
                id,
                device.kinds(),
                tableName(device),
                claim(joined(device.ownVendor(), device.ownProduct())),
                claim(device.identity().serial()),
                device.identity().numbers(),
                device.identity().port(),
                state);
    }

    /** What a device that nobody has is doing. */
    static State doing(HostDevice device) {
        if (device.refusal().isPresent()) {
            return new State.Impossible(device.refusal().get(), null);
        }
        if (!device.mounts().isEmpty()) {
            return new State.Mounted(device.mounts().stream()
                    .limit(LISTED)
                    .map(place -> ClaimedText.of(safe(place, SHOWN)))
                    .toList());
        }
        if (!device.drivers().isEmpty()) {
            return new State.InUse(device.drivers().stream()
                    .sorted()
                    .limit(LISTED)
                    .map(DeviceWords::driver)
                    .toList());
        }
        return new State.Free();
    }

    /** What a lease calls it: by this computer's tables, else by its own words, else by its numbers. Safe to show. */
    static String name(HostDevice device) {
        return Stream.of(
                        tableName(device),
                        safe(joined(device.ownVendor(), device.ownProduct()), SHOWN)
                                .text())
                .filter(name -> !name.isBlank())
                .findFirst()
                .orElse(device.identity().numbers());
    }

    /** For logs: which, without a word of its own. */
    static String which(HostDevice device) {
        return device.identity().numbers() + " at port " + device.identity().port();
    }

    static String which(List<HostDevice> devices) {
        return devices.stream().map(DeviceWords::which).collect(Collectors.joining(", "));
    }

    private static String driver(String name) {
        String safe = safe(name, DRIVER).text();
        return safe.codePointCount(0, safe.length()) <= DRIVER
                ? safe
                : safe.substring(0, safe.offsetByCodePoints(0, DRIVER));
    }

    private static String tableName(HostDevice device) {
        return safe(joined(device.vendorName(), device.productName()), SHOWN).text();
    }

    private static String joined(String vendor, String product) {
        return Stream.of(vendor, product).filter(part -> !part.isBlank()).collect(Collectors.joining(" "));
    }

    private static @Nullable ClaimedText claim(String own) {
        return own.isBlank() ? null : ClaimedText.of(safe(own, SHOWN));
    }

    private static DisplayText safe(String text, int most) {
        return DisplayText.of(Untrusted.of(text), most);
    }

    /** What a guest is told that may see it. */
    static UsbDeviceInfo info(String id, HostDevice device) {
        return new UsbDeviceInfo(
                id,
                device.identity().vendor(),
                device.identity().product(),
                device.release() & 0xffff,
                wellFormed(device.vendorName()),
                wellFormed(device.productName()),
                wellFormed(device.ownVendor()),
                wellFormed(device.ownProduct()),
                wellFormed(device.identity().serial()));
    }

    /** What a guest is told that has it. */
    static LentDevice lent(String lease, String id, HostDevice device, @Nullable Integer guestPort) {
        return new LentDevice(
                lease,
                id,
                device.identity().vendor(),
                device.identity().product(),
                wellFormed(device.identity().serial()),
                guestPort);
    }

    /** As a lease can keep it. */
    static UsbIdentity kept(UsbIdentity device) {
        return UsbIdentity.of(
                device.port(), device.vendor(), device.product(), wellFormed(device.serial()), device.interfaces());
    }

    /** No NUL, no half of a pair, no longer than a descriptor; with these bounds the largest answer fits in a frame. */
    private static String wellFormed(String text) {
        var whole = new StringBuilder();
        text.codePoints().forEach(point -> {
            boolean broken = point == 0 || Character.getType(point) == Character.SURROGATE;
            if (whole.length() + Character.charCount(point) <= DESCRIPTOR_CHARS) {
                whole.appendCodePoint(broken ? '\ufffd' : point);
            }
        });
        return whole.toString();
    }
}
