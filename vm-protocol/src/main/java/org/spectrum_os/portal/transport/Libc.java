// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The libc functions this project calls, with their errno. Numbers below are those of the generic Linux interface, the same on
 * x86_64, aarch64 and ppc64le unless a comment says otherwise.
 */
final class Libc {
    static final int AF_UNIX = 1;
    static final int AF_NETLINK = 16;
    static final int AF_VSOCK = 40;
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_SEQPACKET = 5;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    /** With a {@code struct timeval} of two longs; another number on POWER. */
    static final int SO_SNDTIMEO = System.getProperty("os.arch").startsWith("ppc") ? 19 : 21;

    static final int SCM_RIGHTS = 1;
    static final int SCM_CREDENTIALS = 2;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_CTRUNC = 0x8;
    static final int SHUT_WR = 1;
    static final int SHUT_RDWR = 2;
    static final short POLLIN = 1;
    static final short POLLPRI = 2;
    static final short POLLOUT = 4;
    static final int EFD_CLOEXEC = 0x80000;
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int F_GETFL = 3;

    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int EADDRINUSE = 98;
    static final int ENOBUFS = 105;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET =
            handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SOCKETPAIR =
            handle("socketpair", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle BIND =
            handle("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LISTEN = handle("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CONNECT =
            handle("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle ACCEPT4 =
            handle("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle POLL =
            handle("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV =
            handle("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SEND =
            handle("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SENDMSG =
            handle("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVMSG =
            handle("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SHUTDOWN =
            handle("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle GETSOCKOPT =
            handle("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SETSOCKOPT =
            handle("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle EVENTFD = handle("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle EVENTFD_WRITE =
            handle("eventfd_write", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle FCNTL = handle(
            "fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL = handle(
            "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    /** Where the errno of a thread's last call stands: one small piece of memory per thread, not one per call. */
    private static final ThreadLocal<MemorySegment> CALL_STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private Libc() {}

    static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... more) {
        var options = new Linker.Option[more.length + 1];
        options[0] = Linker.Option.captureCallState("errno");
        System.arraycopy(more, 0, options, 1, more.length);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }

    @FunctionalInterface
    interface Call {
        long run(MemorySegment state) throws Throwable;
    }

    /** Runs one call, again after EINTR, and turns -1 into an exception that names the call. */
    static long check(String name, Call call) throws IOException {
        while (true) {
            long result = tryCall(name, call);
            if (result >= 0) {
                return result;
            }
            if (result != -EINTR) {
                throw new ErrnoException(name, (int) -result);
            }
        }
    }

    /** Runs one call and returns its result, or minus errno. */
    static long tryCall(String name, Call call) {
        MemorySegment state = CALL_STATE.get();
        try {
            long result = call.run(state);
            return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(name + " could not be called", e);
        }
    }

    static int socket(int family, int type) throws IOException {
        return socket(family, type, 0);
    }

    static int socket(int family, int type, int protocol) throws IOException {
        return (int) check("socket", s -> (int) SOCKET.invokeExact(s, family, type | SOCK_CLOEXEC, protocol));
    }

    static void socketpair(int type, MemorySegment two) throws IOException {
        check("socketpair", s -> (int) SOCKETPAIR.invokeExact(s, AF_UNIX, type | SOCK_CLOEXEC, 0, two));
    }

    static void bind(int fd, MemorySegment address) throws IOException {
        check("bind", s -> (int) BIND.invokeExact(s, fd, address, (int) address.byteSize()));
    }

    static void listen(int fd, int backlog) throws IOException {
        check("listen", s -> (int) LISTEN.invokeExact(s, fd, backlog));
    }

    static void connect(int fd, MemorySegment address) throws IOException {
        check("connect", s -> (int) CONNECT.invokeExact(s, fd, address, (int) address.byteSize()));
    }

    /** Returns the new descriptor, or minus errno. */
    static int accept(int fd, MemorySegment address, MemorySegment length) {
        return (int) tryCall("accept4", s -> (int) ACCEPT4.invokeExact(s, fd, address, length, SOCK_CLOEXEC));
    }

    /** Waits for {@code pollfd} entries; timeout in milliseconds, -1 for ever. Returns how many are ready, or minus errno. */
    static int poll(MemorySegment fds, int count, int timeout) {
        return (int) tryCall("poll", s -> (int) POLL.invokeExact(s, fds, (long) count, timeout));
    }

    static MemorySegment pollFds(Arena arena, short events, int... fds) {
        MemorySegment all = arena.allocate(8L * fds.length, 4);
        for (int i = 0; i < fds.length; i++) {
            all.set(JAVA_INT, 8L * i, fds[i]);
            all.set(JAVA_SHORT, 8L * i + 4, i == 0 ? events : POLLIN);
        }
        return all;
    }

    static boolean polled(MemorySegment fds, int index) {
        return fds.get(JAVA_SHORT, 8L * index + 6) != 0;
    }

    static long recv(int fd, MemorySegment into, int flags) {
        return tryCall("recv", s -> (long) RECV.invokeExact(s, fd, into, into.byteSize(), flags));
    }

    static long send(int fd, MemorySegment from) {
        return tryCall("send", s -> (long) SEND.invokeExact(s, fd, from, from.byteSize(), MSG_NOSIGNAL));
    }

    /** Sends what fits at once; minus EAGAIN if nothing does. */
    static long sendNow(int fd, MemorySegment from) {
        int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
        return tryCall("send", s -> (long) SEND.invokeExact(s, fd, from, from.byteSize(), flags));
    }

    /** Returns what was sent, or minus errno. */
    static long sendmsg(int fd, MemorySegment header, int flags) {
        return tryCall("sendmsg", s -> (long) SENDMSG.invokeExact(s, fd, header, MSG_NOSIGNAL | flags));
    }

    static long recvmsg(int fd, MemorySegment header) throws IOException {
        return check("recvmsg", s -> (long) RECVMSG.invokeExact(s, fd, header, MSG_CMSG_CLOEXEC));
    }

    /** What is there already, or minus errno. */
    static long recvmsgNow(int fd, MemorySegment header) {
        int flags = MSG_CMSG_CLOEXEC | MSG_DONTWAIT;
        return tryCall("recvmsg", s -> (long) RECVMSG.invokeExact(s, fd, header, flags));
    }

    /** Returns 0 or minus errno: a socket that is no longer connected is shut already. */
    static int shutdown(int fd, int how) {
        return (int) tryCall("shutdown", s -> (int) SHUTDOWN.invokeExact(s, fd, how));
    }

    /** Returns 0 or minus errno; on Linux the descriptor is gone either way. */
    static int close(int fd) {
        return (int) tryCall("close", s -> (int) CLOSE.invokeExact(s, fd));
    }

    static void getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length)
            throws IOException {
        check("getsockopt", s -> (int) GETSOCKOPT.invokeExact(s, fd, level, option, value, length));
    }

    static void setsockopt(int fd, int level, int option, MemorySegment value) throws IOException {
        check("setsockopt", s -> (int) SETSOCKOPT.invokeExact(s, fd, level, option, value, (int) value.byteSize()));
    }

    /** {@code name} is the request's, for the message if it fails. */
    static int ioctl(String name, int fd, long request, MemorySegment argument) throws IOException {
        return (int) check(name, s -> (int) IOCTL.invokeExact(s, fd, request, argument));
    }

    static int eventfd() throws IOException {
        return (int) check("eventfd", s -> (int) EVENTFD.invokeExact(s, 0, EFD_CLOEXEC));
    }

    static void eventfdWrite(int fd) throws IOException {
        check("eventfd_write", s -> (int) EVENTFD_WRITE.invokeExact(s, fd, 1L));
    }

    static int duplicate(int fd) throws IOException {
        return (int) check("fcntl", s -> (int) FCNTL.invokeExact(s, fd, F_DUPFD_CLOEXEC, 3));
    }

    static int statusFlags(int fd) throws IOException {
        return (int) check("fcntl", s -> (int) FCNTL.invokeExact(s, fd, F_GETFL, 0));
    }
}
