// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.util.regex.Pattern;

/**
 * What a gpg-agent is told of the session in which its pinentry asks, as gpg does it (common/session-env.c).
 *
 * @param name  such as {@code display}, {@code ttyname}, {@code lc-ctype}, {@code xauthority}, or {@code putenv}
 * @param value at most 800 bytes, without line ends; for {@code putenv} such as {@code WAYLAND_DISPLAY=wayland-0}
 */
public record SessionOption(String name, String value) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,40}");
    private static final Pattern VALUE = Pattern.compile("[^\\p{Cntrl}]{1,800}");

    public SessionOption {
        if (!NAME.matcher(name).matches() || !VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("not an option of a session: " + name);
        }
    }
}
