// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What this process got from the one that started it, byte for byte, and handing it on: its arguments, which Java has decoded, and its
 * descriptors beyond the third, which Java has no word for.
 */
final class OwnProcess {
    private static final int EINTR = 4;
    private static final int EBADF = 9;
    private static final int FD_CLOEXEC = 1;
    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int SIG_SETMASK = 2;
    /** Bytes of a signal set, in glibc and musl. */
    private static final int SIGSET_BYTES = 128;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

    private OwnProcess() {}

    private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... more) {
        var options = new Linker.Option[more.length + 1];
        options[0] = Linker.Option.captureCallState("errno");
        System.arraycopy(more, 0, options, 1, more.length);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }

    /**
     * Becomes another program, in the same process and with the same descriptors: whoever waits for this one waits for that one. Returns
     * only by its exception.
     *
     * @param program   a path
     * @param arguments the last of this program's own arguments; their bytes are handed on, not these strings
     * @param given     the descriptors that this process was started with; the others are Java's and are not handed on. Empty if they are
     *                  not known
     */
    static IOException become(String program, List<String> arguments, Set<Integer> given) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> words = new ArrayList<>(List.of(arena.allocateFrom(program)));
            words.addAll(lastArguments(arena, arguments.size()));
            MemorySegment argv = arena.allocate(ADDRESS, words.size() + 1L);
            for (int i = 0; i < words.size(); i++) {
                argv.setAtIndex(ADDRESS, i, words.get(i));
            }
            argv.setAtIndex(ADDRESS, words.size(), MemorySegment.NULL);
            MemorySegment state = arena.allocate(STATE);
            if (!given.isEmpty()) {
                closeOthers(state, given);
            }
            // Java blocks signals in its threads; that would be inherited.
            int _ = (int) handle("pthread_sigmask", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS))
                    .invokeExact(state, SIG_SETMASK, arena.allocate(SIGSET_BYTES), MemorySegment.NULL);
            int _ = (int) handle("execv", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS))
                    .invokeExact(state, arena.allocateFrom(program), argv);
            return new IOException("cannot run " + program + " (errno " + (int) ERRNO.get(state, 0L) + ")");
        } catch (IOException e) {
            return e;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a system call could not be made", e);
        }
    }

    /** Java opens its archives in a way that lets them be inherited. They are in use until this process is another one. */
    private static void closeOthers(MemorySegment state, Set<Integer> given) throws Throwable {
        MethodHandle fcntl = fcntl();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : open.toList()) {
                int number = Integer.parseInt(each.getFileName().toString());
                if (!given.contains(number)) {
                    // The one that has just listed them is gone by now, which is as good.
                    int _ = (int) fcntl.invokeExact(state, number, F_SETFD, FD_CLOEXEC);
                }
            }
        }
    }

    private static MethodHandle fcntl() {
        return handle(
                "fcntl",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
    }

    private static List<MemorySegment> lastArguments(Arena arena, int count) throws IOException {
        byte[] all = Files.readAllBytes(Path.of("/proc/self/cmdline"));
        List<MemorySegment> words = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < all.length; at++) {
            if (all[at] == 0) {
                words.add(arena.allocate(at - start + 1L)
                        .copyFrom(MemorySegment.ofArray(all).asSlice(start, at - start)));
                start = at + 1;
            }
        }
        if (words.size() < count) {
            throw new IOException("/proc/self/cmdline does not hold this program's arguments");
        }
        return words.subList(words.size() - count, words.size());
    }

    /**
     * A descriptor that this process was started with, for writing. Closing leaves it open.
     *
     * @param given as for {@link #become}
     * @throws IOException if there is none of that number
     */
    static OutputStream inherited(int number, Set<Integer> given) throws IOException {
        if (!given.isEmpty() && !given.contains(number)) {
            throw new IOException("Bad file descriptor");
        }
        return switch (number) {
            case 1 -> new FileOutputStream(FileDescriptor.out);
            case 2 -> new FileOutputStream(FileDescriptor.err);
            default -> new Inherited(number);
        };
    }

    private static final class Inherited extends OutputStream {
        private static final MethodHandle WRITE =
                handle("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
        private final int number;

        Inherited(int number) throws IOException {
            this.number = number;
            MethodHandle fcntl = fcntl();
            if (call(state -> (int) fcntl.invokeExact(state, number, F_GETFD, 0)) == -EBADF) {
                throw new IOException("Bad file descriptor");
            }
        }

        @FunctionalInterface
        private interface Call {
            long run(MemorySegment state) throws Throwable;
        }

        /** The call's result, or minus errno. */
        private static long call(Call call) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(STATE);
                while (true) {
                    long result = call.run(state);
                    if (result >= 0) {
                        return result;
                    }
                    int errno = (int) ERRNO.get(state, 0L);
                    if (errno != EINTR) {
                        return -errno;
                    }
                }
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new AssertionError("a system call could not be made", e);
            }
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment all = arena.allocateFrom(JAVA_BYTE, bytes);
                for (long done = 0; done < count; ) {
                    MemorySegment rest = all.asSlice(from + done, count - done);
                    long written = call(state -> (long) WRITE.invokeExact(state, number, rest, rest.byteSize()));
                    if (written < 0) {
                        throw new IOException("cannot write to descriptor " + number + " (errno " + -written + ")");
                    }
                    done += written;
                }
            }
        }
    }

    /** Whether a descriptor is a terminal, by where it leads. */
    static boolean isTerminal(int number) {
        try {
            String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + number)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
