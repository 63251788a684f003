// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.mount;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few system calls the JDK has no word for, or has one that depends on the locale: paths go to the kernel as UTF-8. Each call
 * returns 0, or the errno.
 */
public final class Posix {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    private static final int EINTR = 4;

    static final long MS_NOSUID = 2;
    static final long MS_NODEV = 4;
    /** Detach now, free when the last user is gone. */
    static final int MNT_DETACH = 2;

    private static final int F_OK = 0;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

    /** The other end has closed its side; the kernel reports hang-ups and errors without being asked. */
    private static final short POLLRDHUP = 0x2000;

    /** Bound on first use: the unprivileged faces need none of these. */
    private static final class Mounting {
        static final MethodHandle MOUNT =
                handle("mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
        static final MethodHandle UMOUNT2 = handle("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        static final MethodHandle POLL = handle("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    }

    private static final MethodHandle ACCESS = handle("access", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    private Posix() {}

    private static MethodHandle handle(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
    }

    @FunctionalInterface
    private interface Call {
        int run(MemorySegment state, Arena arena) throws Throwable;
    }

    private static int errno(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            return call.run(state, arena) == 0 ? 0 : (int) ERRNO.get(state, 0L);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a system call could not be made", e);
        }
    }

    /** Whether {@code path} leads to something that answers. */
    public static boolean exists(String path) {
        return errno((state, arena) -> (int) ACCESS.invokeExact(state, arena.allocateFrom(path), F_OK)) == 0;
    }

    static int mount(String source, String target, String type, long flags, String data) {
        return errno((state, arena) -> (int) Mounting.MOUNT.invokeExact(
                state,
                arena.allocateFrom(source),
                arena.allocateFrom(target),
                arena.allocateFrom(type),
                flags,
                arena.allocateFrom(data)));
    }

    static int detach(String target) {
        return errno(
                (state, arena) -> (int) Mounting.UMOUNT2.invokeExact(state, arena.allocateFrom(target), MNT_DETACH));
    }

    /**
     * Waits until the socket's other end has closed it or it is broken; what arrives is neither read nor waited for. Blocks a platform
     * thread.
     */
    static int awaitHangUp(int fd) {
        while (true) {
            int errno = errno((state, arena) -> {
                MemorySegment one = arena.allocate(8, 4);
                one.set(JAVA_INT, 0, fd);
                one.set(JAVA_SHORT, 4, POLLRDHUP);
                return (int) Mounting.POLL.invokeExact(state, one, 1L, -1) > 0 ? 0 : -1;
            });
            if (errno != EINTR) {
                return errno;
            }
        }
    }
}
