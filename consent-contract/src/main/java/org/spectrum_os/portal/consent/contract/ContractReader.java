// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Messages off a stream, line by line. Not thread-safe: one thread reads. After a {@link ContractException} the stream is of no
 * further use.
 *
 * @param <M> the family read
 */
public final class ContractReader<M> {
    private interface Decoder<M> {
        M decode(byte[] line) throws ContractException;
    }

    private final InputStream in;
    private final int most;
    private final Decoder<M> decoder;

    private ContractReader(InputStream in, int most, Decoder<M> decoder) {
        this.in = new BufferedInputStream(in);
        this.most = most;
        this.decoder = decoder;
    }

    /** The window process's end: reads what the backend says. */
    public static ContractReader<ToWindow> ofBackend(InputStream in) {
        return new ContractReader<>(in, ContractLimits.TO_WINDOW_BYTES, ContractCodec::decodeToWindow);
    }

    /** The backend's end: reads what the window process says. */
    public static ContractReader<FromWindow> ofWindow(InputStream in) {
        return new ContractReader<>(in, ContractLimits.FROM_WINDOW_BYTES, ContractCodec::decodeFromWindow);
    }

    /**
     * The next message, or empty when the stream ended after a whole line.
     *
     * @throws ContractException if the line is too long, unfinished, or no message; no more of it is kept than the limit
     */
    public Optional<M> read() throws IOException {
        var line = new ByteArrayOutputStream(256);
        int next = in.read();
        if (next < 0) {
            return Optional.empty();
        }
        while (next != '\n') {
            if (next < 0) {
                throw new ContractException("the stream ended within a line");
            }
            if (line.size() == most) {
                throw new ContractException("a line of more than " + most + " bytes");
            }
            line.write(next);
            next = in.read();
        }
        return Optional.of(decoder.decode(line.toByteArray()));
    }
}
