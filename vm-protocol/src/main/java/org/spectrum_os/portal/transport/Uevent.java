// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Word of one change to a device of this computer.
 *
 * @param origin  who tells it
 * @param action  {@code add}, {@code bind}, {@code change}, ...
 * @param devpath the device's place below {@code /sys}, from its slash on; no step of it is {@code ..}
 * @param subsystem such as {@code usb}
 * @param fields  all that was said, these three included
 */
public record Uevent(Origin origin, String action, String devpath, String subsystem, Map<String, String> fields) {
    /** Bytes of one message. The kernel's have at most 2048, and then its own heading; udev's have what rules add. */
    public static final int MOST_BYTES = 16 * 1024;

    private static final int MOST_FIELDS = 512;
    /** How udev's messages begin: the name with its NUL, a number in network order, and the sizes that say where the fields are. */
    private static final byte[] UDEV_NAME = "libudev\0".getBytes(StandardCharsets.US_ASCII);

    private static final int UDEV_MAGIC = 0xfeedcafe;
    private static final int UDEV_HEADER_BYTES = 40;

    /** Who speaks. */
    public enum Origin {
        /** At once. */
        KERNEL,
        /** When all rules have been applied to the device. */
        UDEV
    }

    public Uevent {
        fields = Map.copyOf(fields);
    }

    /** What a message says; empty if it says nothing that could be understood. Reads {@code message} to its end. */
    static Optional<Uevent> parse(ByteBuffer message) {
        if (message.remaining() > MOST_BYTES) {
            return Optional.empty();
        }
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        if (startsWith(bytes, UDEV_NAME)) {
            return udevFields(bytes).flatMap(range -> read(Origin.UDEV, bytes, range.from(), range.to()));
        }
        int heading = end(bytes, 0, bytes.length);
        return heading == bytes.length ? Optional.empty() : read(Origin.KERNEL, bytes, heading + 1, bytes.length);
    }

    private record Range(int from, int to) {}

    private static Optional<Range> udevFields(byte[] bytes) {
        if (bytes.length < UDEV_HEADER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        if (header.getInt(8) != UDEV_MAGIC) {
            return Optional.empty();
        }
        header.order(ByteOrder.nativeOrder());
        long from = Integer.toUnsignedLong(header.getInt(16));
        long to = from + Integer.toUnsignedLong(header.getInt(20));
        return from < UDEV_HEADER_BYTES || to > bytes.length
                ? Optional.empty()
                : Optional.of(new Range((int) from, (int) to));
    }

    private static Optional<Uevent> read(Origin origin, byte[] bytes, int from, int to) {
        Map<String, String> fields = new HashMap<>();
        for (int at = from; at < to; ) {
            int end = end(bytes, at, to);
            String field = new String(bytes, at, end - at, StandardCharsets.UTF_8);
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.putIfAbsent(field.substring(0, equals), field.substring(equals + 1));
            }
            if (fields.size() > MOST_FIELDS) {
                return Optional.empty();
            }
            at = end + 1;
        }
        String action = fields.getOrDefault("ACTION", "");
        String devpath = fields.getOrDefault("DEVPATH", "");
        String subsystem = fields.getOrDefault("SUBSYSTEM", "");
        return action.isEmpty() || subsystem.isEmpty() || !devpath.startsWith("/") || (devpath + "/").contains("/../")
                ? Optional.empty()
                : Optional.of(new Uevent(origin, action, devpath, subsystem, fields));
    }

    private static int end(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != 0) {
            at++;
        }
        return at;
    }

    private static boolean startsWith(byte[] bytes, byte[] beginning) {
        return bytes.length >= beginning.length
                && java.util.Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
    }
}
