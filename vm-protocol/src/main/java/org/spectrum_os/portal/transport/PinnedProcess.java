// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * One process of this host by a descriptor (a pidfd), so that it is not taken for another one that gets its number later. It is no hold on
 * the process. One thread at a time, unless a method says otherwise.
 */
public final class PinnedProcess implements AutoCloseable {
    /** The same on every architecture. */
    private static final long SYS_PIDFD_OPEN = 434;

    /** By its number: older C libraries have no function for it. */
    private static final MethodHandle SYSCALL = Libc.handle(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(1));

    private final int pid;
    private final Descriptor descriptor;

    private PinnedProcess(int pid, Descriptor descriptor) {
        this.pid = pid;
        this.descriptor = descriptor;
    }

    /**
     * Whatever process has this number now.
     *
     * @throws ErrnoException if there is none (ESRCH, 3), or the kernel is older than 5.3
     */
    public static PinnedProcess open(int pid) throws IOException {
        long number = Libc.check("pidfd_open", s -> (long) SYSCALL.invokeExact(s, SYS_PIDFD_OPEN, pid, 0));
        return new PinnedProcess(pid, new Descriptor((int) number));
    }

    public int pid() {
        return pid;
    }

    /** Whether it runs no more. Does not wait. */
    public boolean hasEnded() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = Libc.pollFds(arena, Libc.POLLIN, descriptor.number());
            int ready = Libc.poll(fds, 1, 0);
            if (ready < 0 && ready != -Libc.EINTR) {
                throw new ErrnoException("poll", -ready);
            }
            return ready > 0;
        }
    }

    Descriptor descriptor() {
        return descriptor;
    }

    /** After this no call may be made. */
    @Override
    public void close() {
        descriptor.close();
    }

    @Override
    public String toString() {
        return "process " + pid;
    }
}
