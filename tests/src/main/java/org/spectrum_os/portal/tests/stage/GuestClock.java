// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.spectrum_os.portal.tests.guest.GuestVm;

/** Brings the guest's monotonic clock and ours together, by asking for the time over vsock and trusting the quickest answer. */
final class GuestClock {
    private static final int PORT = 7001;
    private static final int ASKED = 200;
    private static final int REPLY = 8;
    private static final String SERVER = """
            cat >/run/guest/clock.py <<'END'
            import socket, struct, time
            s = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
            s.bind((socket.VMADDR_CID_ANY, %d)); s.listen()
            print("listening", flush=True)
            c, _ = s.accept()
            while c.recv(1): c.sendall(struct.pack(">q", time.monotonic_ns()))
            END
            python3 /run/guest/clock.py >/run/guest/clock.out 2>&1 &
            until grep -q listening /run/guest/clock.out; do sleep 0.1; done
            """.formatted(PORT);

    private final long offset;
    private final long doubt;

    private GuestClock(long offset, long doubt) {
        this.offset = offset;
        this.doubt = doubt;
    }

    static GuestClock of(GuestVm guest) throws IOException, InterruptedException {
        guest.sh(SERVER).orThrow();
        long offset = 0;
        long best = Long.MAX_VALUE;
        try (SocketChannel channel = guest.connect(PORT)) {
            for (int i = 0; i < ASKED; i++) {
                long before = System.nanoTime();
                channel.write(ByteBuffer.wrap(new byte[1]));
                ByteBuffer reply = ByteBuffer.allocate(REPLY);
                while (reply.hasRemaining()) {
                    if (channel.read(reply) < 0) {
                        throw new EOFException("the guest's clock went away");
                    }
                }
                long after = System.nanoTime();
                if (after - before < best) {
                    best = after - before;
                    offset = before + (after - before) / 2 - reply.getLong(0);
                }
            }
        }
        return new GuestClock(offset, best / 2);
    }

    /** What {@link System#nanoTime} was here when the guest's monotonic clock said {@code seconds}. */
    long here(double seconds) {
        return (long) (seconds * 1e9) + offset;
    }

    /** How far {@link #here} may be off, in milliseconds. */
    double doubt() {
        return doubt / 1e6;
    }
}
