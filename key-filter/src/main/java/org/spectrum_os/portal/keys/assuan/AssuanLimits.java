// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.assuan;

/** Bounds of what a guest may say to a gpg-agent, and of what a gpg-agent may answer. */
public final class AssuanLimits {
    /** Bytes of one line without its line feed, as libassuan has it (ASSUAN_LINELENGTH, 1002 with CR and LF). */
    public static final int LINE_BYTES = 1000;
    /** Bytes of one answer to an inquiry, all its lines together, as gpg-agent has it (MAXLEN_CIPHERTEXT); ELG-4096 needs 1100. */
    public static final int INQUIRY_BYTES = 4096;
    /** Bytes of data in one answer of a gpg-agent: the largest RSA key's public numbers, and room. */
    public static final int ANSWER_BYTES = 16 * 1024;
    /** Lines of one answer of a gpg-agent, status and comments included. */
    public static final int ANSWER_LINES = 1000;
    /** Nested lists of an s-expression. */
    public static final int DEPTH = 8;
    /** Lists and atoms of an s-expression, all together; a DSA key's public numbers are 20. */
    public static final int ELEMENTS = 64;
    /** Keygrips in one HAVEKEY. */
    public static final int KEYGRIPS = 200;

    private AssuanLimits() {}
}
