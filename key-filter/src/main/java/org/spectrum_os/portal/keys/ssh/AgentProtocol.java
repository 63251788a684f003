// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

/** Numbers of the ssh-agent protocol (RFC 9987, 7), and what bounds its messages here. */
final class AgentProtocol {
    static final int FAILURE = 5;
    static final int SUCCESS = 6;
    static final int REQUEST_IDENTITIES = 11;
    static final int IDENTITIES_ANSWER = 12;
    static final int SIGN_REQUEST = 13;
    static final int SIGN_RESPONSE = 14;
    static final int EXTENSION = 27;
    static final int EXTENSION_FAILURE = 28;
    static final int EXTENSION_RESPONSE = 29;

    /** Flag of a request to sign with RSA: with SHA-256. */
    static final int RSA_SHA2_256 = 2;
    /** Flag of a request to sign with RSA: with SHA-512. */
    static final int RSA_SHA2_512 = 4;

    /** Bytes of a public key: those of RSA with 16384 bits, OpenSSH's largest, are 2100; a certificate may name many. */
    static final int KEY_BYTES = 16 * 1024;
    /** Bytes of a signature's blob: that of RSA with 16384 bits is 2100. */
    static final int SIGNATURE_BYTES = 4 * 1024;

    private AgentProtocol() {}

    /** What a request that is no business of a guest asks for, for the host's log. */
    static String title(int type) {
        return switch (type) {
            case 17, 25 -> "add a key";
            case 9, 18, 19 -> "remove keys";
            case 20, 26 -> "add a smart card's keys";
            case 21 -> "remove a smart card's keys";
            case 22 -> "lock the agent";
            case 23 -> "unlock the agent";
            default -> "do something unknown (type " + type + ")";
        };
    }
}
