// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

/** What a guest's gpg is told besides the {@link AgentFailure}s, in the codes of libgpg-error. */
enum AgentError {
    NOT_FOUND(27, "Not found"),
    NOT_SUPPORTED(60, "Not supported"),
    TRUNCATED(74, "Result truncated"),
    NO_CARDS(119, "No SmartCard daemon"),
    MISSING_VALUE(128, "Missing value"),
    UNKNOWN_OPTION(174, "Unknown option"),
    FALSE(256, "False"),
    UNKNOWN_COMMAND(275, "Unknown IPC command"),
    CANCELLED(277, "IPC call has been cancelled"),
    PARAMETER(280, "IPC parameter error"),
    /** GPG_ERR_USER_1: the last word before the connection ends. */
    REFUSED(1024, "Not allowed for this VM");

    /** GPG_ERR_SOURCE_GPGAGENT. */
    private static final int SOURCE = 4 << 24;

    private final int code;
    private final String text;

    AgentError(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** With its source in the upper bits. */
    int code() {
        return SOURCE | code;
    }

    String text() {
        return text;
    }
}
