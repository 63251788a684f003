// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Runs code on GTK's thread, from any thread. One upcall stub that lives as long as the process serves every call: stubs made per
 * call are freed on the thread that ran them, which is not the one that made them.
 */
final class GtkLoop {
    private static final int PRIORITY_DEFAULT = 0;

    private static final ConcurrentLinkedQueue<Runnable> QUEUE = new ConcurrentLinkedQueue<>();
    private static volatile Runnable beat = () -> {};
    private static final MethodHandle IDLE_ADD;
    private static final MethodHandle TIMEOUT_ADD;
    private static final MemorySegment DRAIN;
    private static final MemorySegment BEAT;

    static {
        try {
            Linker linker = Linker.nativeLinker();
            SymbolLookup glib = SymbolLookup.libraryLookup("libglib-2.0.so.0", Arena.global());
            IDLE_ADD = linker.downcallHandle(
                    glib.findOrThrow("g_idle_add_full"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
            TIMEOUT_ADD = linker.downcallHandle(
                    glib.findOrThrow("g_timeout_add_full"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
            MethodHandles.Lookup here = MethodHandles.lookup();
            MethodType callback = MethodType.methodType(int.class, MemorySegment.class);
            FunctionDescriptor shape = FunctionDescriptor.of(JAVA_INT, ADDRESS);
            DRAIN = linker.upcallStub(here.findStatic(GtkLoop.class, "drain", callback), shape, Arena.global());
            BEAT = linker.upcallStub(here.findStatic(GtkLoop.class, "beat", callback), shape, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private GtkLoop() {}

    /** Runs {@code task} on GTK's thread, after those posted before it. */
    static void post(Runnable task) {
        QUEUE.add(task);
        try {
            int _ = (int) IDLE_ADD.invokeExact(PRIORITY_DEFAULT, DRAIN, MemorySegment.NULL, MemorySegment.NULL);
        } catch (Throwable e) {
            throw new LinkageError("g_idle_add_full", e);
        }
    }

    /** Runs {@code task} on GTK's thread every so many milliseconds until the process ends. For one task only. */
    static void every(int milliseconds, Runnable task) {
        beat = task;
        try {
            int _ = (int) TIMEOUT_ADD.invokeExact(
                    PRIORITY_DEFAULT, milliseconds, BEAT, MemorySegment.NULL, MemorySegment.NULL);
        } catch (Throwable e) {
            throw new LinkageError("g_timeout_add_full", e);
        }
    }

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by GLib, through the stub
    private static int drain(MemorySegment data) {
        for (Runnable next = QUEUE.poll(); next != null; next = QUEUE.poll()) {
            Fatal.guard(next);
        }
        return 0;
    }

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by GLib, through the stub
    private static int beat(MemorySegment data) {
        Fatal.guard(beat);
        return 1;
    }
}
