// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.transport.UeventSource.News;

@Timeout(60)
class UeventSourceTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Path NULL_DEVICE = Path.of("/sys/class/mem/null/uevent");

    @TempDir
    Path temporary;

    /** As udevd sends: to a group, or to one receiver; false if this process may not. */
    private static boolean send(byte[] message, int port, int groups) throws IOException {
        var socket = new Descriptor(Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW, 15));
        try (socket;
                Arena arena = Arena.ofConfined()) {
            MemorySegment address = SocketAddresses.netlink(arena, groups);
            address.set(ValueLayout.JAVA_INT, 4, port);
            Libc.connect(socket.number(), address);
            MemorySegment bytes = arena.allocate(message.length);
            bytes.copyFrom(MemorySegment.ofArray(message));
            long result = Libc.send(socket.number(), bytes);
            if (result == -ErrnoException.EPERM) {
                return false;
            }
            assertEquals(message.length, result);
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == ErrnoException.EPERM) {
                return false;
            }
            throw e;
        }
    }

    /** Other devices of this machine may speak meanwhile. */
    private static Uevent awaited(UeventSource source, String devpath, Uevent.Origin origin) throws IOException {
        while (true) {
            Uevent event = assertInstanceOf(News.Told.class, source.next(LONG)).event();
            if (event.devpath().equals(devpath) && event.origin() == origin) {
                return event;
            }
        }
    }

    @Test
    void theKernelOfThisMachineIsHeard() throws Exception {
        assumeTrue(Files.isWritable(NULL_DEVICE), "may not make this kernel say something: " + NULL_DEVICE);
        try (var source = UeventSource.ofThisComputer(List.of())) {
            Files.writeString(NULL_DEVICE, "change");
            Uevent event = awaited(source, "/devices/virtual/mem/null", Uevent.Origin.KERNEL);
            assertEquals("change", event.action());
            assertEquals("mem", event.subsystem());
        }
    }

    @Test
    void udevIsHeardAndWhoeverPretendsToBeTheKernelIsNot() throws Exception {
        try (var source = UeventSource.ofThisComputer(List.of())) {
            String fields = "ACTION=add\0DEVPATH=/devices/of/%s\0SUBSYSTEM=usb\0";
            boolean mayI = send(UeventTest.kernel(fields.formatted("a-liar")), 0, 1);
            assumeTrue(mayI, "only root may send what udev sends");
            send(UeventTest.udev(fields.formatted("a-liar-among-kernels")), 0, 1);
            send(UeventTest.kernel(fields.formatted("a-liar-among-udevs")), 0, 2);
            send(UeventTest.udev(fields.formatted("udev")), 0, 2);
            Uevent first;
            do {
                first = assertInstanceOf(News.Told.class, source.next(LONG)).event();
            } while (!first.devpath().startsWith("/devices/of/"));
            assertEquals("/devices/of/udev", first.devpath());
        }
    }

    @Test
    void moreThanCanBeKeptIsToldAsLost() throws Exception {
        try (var source = UeventSource.ofThisComputer(List.of())) {
            byte[] big = UeventTest.udev("ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=usb\0X=" + "x".repeat(8000) + "\0");
            assumeTrue(send(big, 0, 2), "only root may send what udev sends");
            for (int i = 0; i < 1000; i++) {
                send(big, 0, 2);
            }
            while (!(source.next(LONG) instanceof News.Lost)) {
                // Those that were kept come too.
            }
        }
    }

    @Test
    void aDatagramOnTheSocketSpeaksForBoth() throws Exception {
        Path path = temporary.resolve("uevents");
        try (var source = UeventSource.ofSocket(path);
                Arena arena = Arena.ofConfined()) {
            var sender = new Descriptor(Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM));
            try (sender) {
                Libc.connect(sender.number(), SocketAddresses.unix(arena, path));
                String fields = "ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=usb\0";
                for (byte[] message : new byte[][] {{1, 2, 3}, UeventTest.kernel(fields), UeventTest.udev(fields)}) {
                    MemorySegment bytes = arena.allocate(message.length);
                    bytes.copyFrom(MemorySegment.ofArray(message));
                    Libc.send(sender.number(), bytes);
                }
            }
            awaited(source, "/devices/x", Uevent.Origin.KERNEL);
            awaited(source, "/devices/x", Uevent.Origin.UDEV);
            assertEquals(new News.Silence(), source.next(Duration.ofMillis(1)));
        }
    }

    @Test
    void closingWakesWhoWaits() throws Exception {
        var source = UeventSource.ofThisComputer(
                List.of(Path.of("/proc", String.valueOf(ProcessHandle.current().pid()), "mountinfo")));
        var waiting = new FutureTask<>(() -> assertThrows(ClosedChannelException.class, () -> {
            while (true) {
                source.next(Duration.ofSeconds(-1));
            }
        }));
        Thread.ofPlatform().start(waiting);
        source.close();
        waiting.get();
        assertThrows(ClosedChannelException.class, () -> source.next(Duration.ZERO));
    }
}
