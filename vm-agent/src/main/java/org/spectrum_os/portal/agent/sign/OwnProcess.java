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

/**
 * What this process got from the one that started it, byte for byte, and handing it on: its arguments, which Java has decoded, and its
 * descriptors beyond the third, which Java has no word for.
 */
final class OwnProcess {
    private static final int EINTR = 4;
    private static final int F_GETFD = 1;
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
     */
    static IOException become(String program, List<String> arguments) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> words = new ArrayList<>(List.of(arena.allocateFrom(program)));
            words.addAll(lastArguments(arena, arguments.size()));
            MemorySegment argv = arena.allocate(ADDRESS, words.size() + 1L);
            for (int i = 0; i < words.size(); i++) {
                argv.setAtIndex(ADDRESS, i, words.get(i));
            }
            argv.setAtIndex(ADDRESS, words.size(), MemorySegment.NULL);
            MemorySegment state = arena.allocate(STATE);
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
     * @throws IOException if there is none of that number
     */
    static OutputStream inherited(int number) throws IOException {
        return switch (number) {
            case 1 -> new FileOutputStream(FileDescriptor.out);
            case 2 -> new FileOutputStream(FileDescriptor.err);
            default -> new Inherited(number);
        };
    }

    private static final class Inherited extends OutputStream {
        private static final MethodHandle WRITE =
                handle("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
        private static final MethodHandle FCNTL = handle(
                "fcntl",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(2));

        private final int number;

        Inherited(int number) throws IOException {
            this.number = number;
            // What Java has opened itself is closed when another program starts; what came from outside cannot be.
            if (call(state -> (int) FCNTL.invokeExact(state, number, F_GETFD, 0)) != 0) {
                throw new IOException("Bad file descriptor");
            }
        }

        @FunctionalInterface
        private interface Call {
            long run(MemorySegment state) throws Throwable;
        }

        private static long call(Call call) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(STATE);
                while (true) {
                    long result = call.run(state);
                    if (result >= 0) {
                        return result;
                    }
                    int errno = (int) ERRNO.get(state, 0L);
                    if (errno != EINTR) {
                        throw new IOException("errno " + errno);
                    }
                }
            } catch (IOException | RuntimeException | Error e) {
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
                    done += call(state -> (long) WRITE.invokeExact(state, number, rest, rest.byteSize()));
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
