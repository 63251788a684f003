// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** Writes SSH's data types (RFC 4251, 5), one after another. */
final class WireWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    WireWriter octet(int value) {
        bytes.write(value);
        return this;
    }

    WireWriter flag(boolean value) {
        return octet(value ? 1 : 0);
    }

    WireWriter uint32(long value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes.write((int) (value >>> shift));
        }
        return this;
    }

    /** Bytes as they are. */
    WireWriter bytes(byte[] value) {
        bytes.writeBytes(value);
        return this;
    }

    WireWriter string(byte[] value) {
        return uint32(value.length).bytes(value);
    }

    WireWriter string(String value) {
        return string(value.getBytes(UTF_8));
    }

    int size() {
        return bytes.size();
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }
}
