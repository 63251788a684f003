// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Untrusted;

/**
 * A 9P string as the bytes it is. A guest may ask for names that are not UTF-8; comparing bytes means that two different names never
 * become one by decoding.
 */
final class WireName {
    private static final int LONGEST_TARGET = 4095;

    private final byte[] bytes;

    private WireName(byte[] bytes) {
        this.bytes = bytes;
    }

    static WireName of(String name) {
        return new WireName(name.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes over the array. */
    static WireName ofBytes(byte[] bytes) {
        return new WireName(bytes);
    }

    /** For those names that come from the host and were valid text there. */
    String string() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Whether, as the target of a symbolic link, it stays below where the link is, wherever that is moved. */
    boolean isDownwardTarget() {
        if (bytes.length == 0 || bytes.length > LONGEST_TARGET || bytes[0] == '/') {
            return false;
        }
        int start = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i < bytes.length && bytes[i] == 0) {
                return false;
            }
            if (i == bytes.length || bytes[i] == '/') {
                if (i - start == 2 && bytes[start] == '.' && bytes[start + 1] == '.') {
                    return false;
                }
                start = i + 1;
            }
        }
        return true;
    }

    /** Must not be changed. */
    byte[] bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    /** Refuses what can be no entry of a directory: {@code .}, {@code ..}, the empty name, a slash, a NUL, more than 255 bytes. */
    void requireComponent() throws Refusal {
        if (bytes.length > Limits.NAME_BYTES) {
            throw new Refusal(Errno.ENAMETOOLONG);
        }
        boolean dots = bytes.length <= 2;
        for (byte b : bytes) {
            if (b == '/' || b == 0) {
                throw new Refusal(Errno.EINVAL);
            }
            dots &= b == '.';
        }
        if (dots) {
            throw new Refusal(Errno.EINVAL);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WireName name && Arrays.equals(bytes, name.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Safe to log. */
    @Override
    public String toString() {
        return DisplayText.of(Untrusted.of(new String(bytes, StandardCharsets.UTF_8)), 80)
                .toString();
    }
}
