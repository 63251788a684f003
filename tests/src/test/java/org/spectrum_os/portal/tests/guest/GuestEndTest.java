// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** However a guest ends, nothing of it stays. */
@Tag("guest")
class GuestEndTest {
    private Path directory;
    private GuestImage image;

    @BeforeEach
    void prepare() throws Exception {
        directory = GuestVmTest.newDirectory();
        image = GuestImage.locate(System.err::println);
    }

    @AfterEach
    void clean() throws Exception {
        GuestVmTest.delete(directory);
    }

    @Test
    void closeEndsBothProcesses() throws Exception {
        GuestVm vm = GuestVm.start(image, GuestSettings.in(directory).withCid(11));
        assertTrue(vm.qemu().isAlive());
        assertTrue(vm.vsockDaemon().isAlive());
        vm.close();
        assertFalse(vm.qemu().isAlive());
        assertFalse(vm.vsockDaemon().isAlive());
        assertThrows(GuestException.class, () -> vm.sh("true"));
        vm.close();
    }

    @Test
    void vsockDaemonEndsWithAKilledQemu() throws Exception {
        try (GuestVm vm = GuestVm.start(image, GuestSettings.in(directory).withCid(12))) {
            assertTrue(vm.qemu().destroyForcibly());
            vm.ended().get(20, TimeUnit.SECONDS);
            assertFalse(vm.vsockDaemon().isAlive());
            assertThrows(GuestException.class, () -> vm.sh("true"));
        }
    }

    @Test
    void bothEndWithAKilledLauncher() throws Exception {
        try (GuestVm vm = GuestVm.start(image, GuestSettings.in(directory).withCid(13))) {
            ProcessHandle launcher = vm.qemu().parent().orElseThrow();
            assertTrue(launcher.destroyForcibly());
            vm.qemu().onExit().get(20, TimeUnit.SECONDS);
            vm.vsockDaemon().onExit().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aMissingDiskIsReportedWithQemusOwnWords() throws Exception {
        GuestSettings settings = GuestSettings.in(directory).withCid(14).withAgentDisk(directory.resolve("none.ext4"));
        GuestException e = assertThrows(GuestException.class, () -> GuestVm.start(image, settings));
        assertTrue(String.valueOf(e.getMessage()).contains("none.ext4"), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains("No such file"), e.getMessage());
    }

    @Test
    void aKernelThatPanicsEachTimeIsReportedWithItsOwnWords() throws Exception {
        GuestSettings settings = GuestSettings.in(directory)
                .withCid(16)
                .withMoreQemu(List.of("-append", "console=ttyS0 panic=-1 rdinit=/none root=/dev/none"));
        GuestException e = assertThrows(GuestException.class, () -> GuestVm.start(image, settings));
        assertTrue(String.valueOf(e.getMessage()).contains("Kernel panic"), e.getMessage());
    }

    @Test
    void aGuestThatIsNotReadyInTimeIsEnded() throws Exception {
        GuestSettings settings = GuestSettings.in(directory).withCid(15).withBootTimeout(Duration.ofSeconds(1));
        GuestException e = assertThrows(GuestException.class, () -> GuestVm.start(image, settings));
        assertTrue(String.valueOf(e.getMessage()).contains(GuestSettings.BOOT_SECONDS), e.getMessage());
        List<String> left = ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine())
                .flatMap(Optional::stream)
                .filter(line -> line.contains(directory.toString()))
                .toList();
        assertTrue(left.isEmpty(), () -> "left running: " + left);
    }
}
