// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.assuan;

/** Bounds of what a guest may say to a gpg-agent. */
public final class AssuanLimits {
    /** Bytes of one line without its line feed, as libassuan has it (ASSUAN_LINELENGTH, 1002 with CR and LF). */
    public static final int LINE_BYTES = 1000;
    /** Bytes of one answer to an inquiry, all its lines together: the largest RSA key's ciphertext and room. */
    public static final int INQUIRY_BYTES = 16 * 1024;
    /** Nested lists of an s-expression. */
    public static final int DEPTH = 8;
    /** Keygrips in one HAVEKEY. */
    public static final int KEYGRIPS = 200;

    private AssuanLimits() {}
}
