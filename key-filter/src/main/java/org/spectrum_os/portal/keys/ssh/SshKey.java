// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A public key of SSH.
 *
 * @param hex     its blob (RFC 4253, 6.6), lower-case hexadecimal, so that keys can be compared
 * @param comment what its agent calls it
 */
public record SshKey(String hex, String comment) {
    /** One with this blob. */
    public static SshKey of(byte[] blob, String comment) {
        return new SshKey(HexFormat.of().formatHex(blob), comment);
    }

    public byte[] blob() {
        return HexFormat.of().parseHex(hex);
    }

    /** {@code SHA256:} and base64 without padding, as OpenSSH prints it. */
    public String fingerprint() {
        try {
            byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(blob());
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether it is the same key, whatever it is called. */
    public boolean isSame(SshKey other) {
        return Objects.equals(hex, other.hex);
    }
}
