// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.util.regex.Pattern;

/**
 * A file or folder lent to the guest, seen there as {@code <mount>/<lease>/<name>}.
 *
 * @param lease the lease's name: lower-case letters, digits and hyphens, 1 to 64 of them
 * @param name  its own name: 1 to 255 bytes, no slash, no NUL, neither {@code .} nor {@code ..}
 */
public record LentFile(String lease, String name) {
    private static final Pattern LEASE = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    public LentFile {
        if (!LEASE.matcher(lease).matches()) {
            throw new IllegalArgumentException("not a lease name: " + DisplayText.of(Untrusted.of(lease), 80));
        }
        FileNames.requireComponent(name);
    }
}
