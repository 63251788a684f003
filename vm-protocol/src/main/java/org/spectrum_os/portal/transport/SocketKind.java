// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

/** How a Unix socket carries bytes. */
public enum SocketKind {
    STREAM(Libc.SOCK_STREAM),
    /** Keeps message boundaries; the right kind for messages with descriptors. */
    SEQPACKET(Libc.SOCK_SEQPACKET);

    final int number;

    SocketKind(int number) {
        this.number = number;
    }
}
