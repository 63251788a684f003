// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.request;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * {@code file:} URIs as the portals' own libraries write them. GLib's {@code g_filename_to_uri} keeps the characters that RFC 3986
 * allows in a path, but escapes the semicolon, which RFC 1808 gave a meaning; applications compare such strings, so they are made alike.
 */
public final class FileUris {
    private static final String KEPT =
            "!$&'()*+,-./:=@_~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private FileUris() {}

    /** The URI of an absolute path; every byte of its UTF-8 form that may not stand for itself is escaped. */
    public static String of(String absolutePath) {
        if (!absolutePath.startsWith("/")) {
            throw new IllegalArgumentException("not an absolute path");
        }
        var uri = new StringBuilder(absolutePath.length() + 16).append("file://");
        for (byte b : absolutePath.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (KEPT.indexOf(c) >= 0) {
                uri.append(c);
            } else {
                uri.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return uri.toString();
    }
}
