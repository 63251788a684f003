// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/** Messages onto a stream, one line each, flushed. Thread-safe; a message is refused before any of it is written. */
public final class ContractWriter {
    private final OutputStream out;
    private final ReentrantLock lock = new ReentrantLock();

    public ContractWriter(OutputStream out) {
        this.out = out;
    }

    /** Says something to the window process. */
    public void send(ToWindow message) throws IOException {
        write(ContractCodec.encode(message));
    }

    /** Says something to the backend. */
    public void send(FromWindow message) throws IOException {
        write(ContractCodec.encode(message));
    }

    private void write(byte[] message) throws IOException {
        byte[] line = Arrays.copyOf(message, message.length + 1);
        line[message.length] = '\n';
        lock.lock();
        try {
            out.write(line);
            out.flush();
        } finally {
            lock.unlock();
        }
    }
}
