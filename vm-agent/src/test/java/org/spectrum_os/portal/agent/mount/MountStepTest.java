// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

final class MountStepTest {
    @TempDir
    Path folder;

    private Path table(String... pointsAndTypes) throws IOException {
        var text = new StringBuilder("21 1 0:20 / / rw - ext4 /dev/vda rw\n");
        for (int i = 0; i < pointsAndTypes.length; i += 2) {
            text.append("36 35 98:0 / %s rw,noatime shared:1 master:2 - %s source rw\n"
                    .formatted(pointsAndTypes[i], pointsAndTypes[i + 1]));
        }
        return Files.writeString(folder.resolve("mountinfo"), text);
    }

    private HostAddress nobody() {
        return new HostAddress.UnixSocket(folder.resolve("vm"));
    }

    private static String failure(MountStep step) {
        return String.valueOf(
                assertThrows(MountStep.MountException.class, step::run).getMessage());
    }

    @Test
    void readsTheMountTable() throws IOException {
        assertEquals(Optional.empty(), MountTable.typeAt(table(), "/run/portal"));
        assertEquals(
                Optional.of("9p"),
                MountTable.typeAt(table("/run/portal", "tmpfs", "/run/portal", "9p"), "/run/portal"));
        assertEquals(Optional.of("9p"), MountTable.typeAt(table("/a\\040b\\134c", "9p"), "/a b\\c"));
        assertEquals(Optional.of("proc"), MountTable.typeAt(MountTable.OWN, "/proc"));
    }

    /** The host's socket; nobody need accept for a connection to succeed. */
    private Listener host() throws IOException {
        return Listener.unix(
                Ports.unixSocket(folder.resolve("vm"), Ports.FILES), SocketKind.STREAM, Listener.Identity.SOCKET);
    }

    private MountStep stepWith(ScriptedKernel kernel) throws IOException {
        return new MountStep(nobody(), folder.resolve("portal").toString(), 65_536, table(), kernel);
    }

    @Test
    void givesTheKernelTheseOptions() throws Exception {
        var kernel = new ScriptedKernel(0);
        try (var listener = host()) {
            assertEquals(
                    "lent files appear in " + folder.resolve("portal"),
                    stepWith(kernel).run());
        }
        String options = kernel.mounts.getFirst();
        String fd = options.replaceAll("trans=fd,rfdno=(\\d+),.*", "$1");
        assertEquals(
                "trans=fd,rfdno=" + fd + ",wfdno=" + fd
                        + ",version=9p2000.L,cache=mmap,directio,access=any,msize=65536,locktimeout=1",
                options);
        assertEquals(1, kernel.mounts.size());
    }

    @Test
    void doesWithoutWhatTheKernelDoesNotKnow() throws Exception {
        var kernel = new ScriptedKernel(Posix.EINVAL, 0);
        try (var listener = host()) {
            stepWith(kernel).run();
        }
        assertEquals(2, kernel.mounts.size());
        assertTrue(kernel.mounts.get(0).endsWith(",locktimeout=1"), kernel.mounts.toString());
        assertTrue(kernel.mounts.get(1).endsWith(",msize=65536"), kernel.mounts.toString());
    }

    @Test
    void knowsWhatWaitingDoesNotMend() throws Exception {
        try (var listener = host()) {
            for (int errno : new int[] {Posix.EPERM, Posix.EACCES, Posix.ENODEV, Posix.EBUSY}) {
                assertFalse(refusal(new ScriptedKernel(errno)).isPassing(), "errno " + errno);
            }
            int ioError = 5;
            assertTrue(refusal(new ScriptedKernel(ioError)).isPassing());
            assertTrue(refusal(new ScriptedKernel(Posix.EINVAL, Posix.EINVAL)).isPassing());
        }
        assertTrue(refusal(new ScriptedKernel(0)).isPassing(), "the host is away");
    }

    private MountStep.MountException refusal(ScriptedKernel kernel) throws IOException {
        MountStep step = stepWith(kernel);
        return assertThrows(MountStep.MountException.class, step::run);
    }

    @Test
    void leavesAnotherFileSystemAlone() throws IOException {
        String why = failure(new MountStep(nobody(), "/run/portal", 65_536, table("/run/portal", "tmpfs"), Kernel.OWN));
        assertTrue(why.contains("type tmpfs") && why.contains("--mount-point"), why);
    }

    @Test
    void aLiveMountIsLeftAsItIs() throws Exception {
        String point = folder.toString();
        assertTrue(new MountStep(nobody(), point, 65_536, table(point, "9p"), Kernel.OWN)
                .run()
                .contains("alive already"));
    }

    @Test
    void aDeadMountThatCannotBeTakenAwayIsSaidSo() throws IOException {
        String point = folder.resolve("gone").toString();
        String why = failure(new MountStep(nobody(), point, 65_536, table(point, "9p"), Kernel.OWN));
        assertTrue(why.contains("dead mount") && why.contains("errno"), why);
    }

    @Test
    void saysThatTheHostIsAwayAndWhatToLookAt() throws IOException {
        String point = folder.resolve("new/portal").toString();
        String why = failure(new MountStep(nobody(), point, 65_536, table(), Kernel.OWN));
        assertTrue(why.contains(folder.resolve("vm") + "_5220"), why);
        assertTrue(why.contains("no such file") && why.contains("see on the host"), why);
        assertTrue(Files.isDirectory(Path.of(point)));
    }

    @Test
    void saysThatTheFolderCannotBeMade() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        String why = failure(new MountStep(nobody(), file.resolve("portal").toString(), 65_536, table(), Kernel.OWN));
        assertTrue(why.contains("cannot create the folder") && why.contains("as root"), why);
    }

    /** Whoever runs this: as an ordinary user it is not permitted, as root nothing speaks 9P behind this socket. */
    @Test
    void saysWhatToDoWhenTheKernelRefuses() throws Exception {
        Path socket = Ports.unixSocket(folder.resolve("vm"), Ports.FILES);
        Path point = folder.resolve("portal");
        try (var listener = Listener.unix(socket, SocketKind.STREAM, Listener.Identity.SOCKET)) {
            Thread.ofPlatform().daemon().start(() -> {
                try (var accepted = listener.accept()) {
                    accepted.close();
                } catch (IOException e) {
                    // Nobody came.
                }
            });
            String why = failure(new MountStep(nobody(), point.toString(), 65_536, table(), Kernel.OWN));
            assertTrue(why.contains("cannot mount") && why.contains("errno"), why);
            assertEquals(Optional.empty(), MountTable.typeAt(MountTable.OWN, point.toString()));
        }
    }

    @Test
    void looksForNamesInAnyLocale() throws IOException {
        Files.writeString(folder.resolve("plain"), "");
        assertTrue(Posix.exists(folder + "/plain"));
        assertFalse(Posix.exists(folder + "/Ünïcode 🗝"));
    }
}
