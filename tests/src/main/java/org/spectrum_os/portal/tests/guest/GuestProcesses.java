// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * QEMU, the vsock daemon, and the script that keeps them together. The script ends both when its standard input ends, so that even a
 * killed JVM leaves nothing behind.
 */
final class GuestProcesses implements AutoCloseable {
    private static final long END_SECONDS = 15;

    private final Process launcher;
    private final ProcessHandle qemu;
    private final ProcessHandle vsock;

    private GuestProcesses(Process launcher, ProcessHandle qemu, ProcessHandle vsock) {
        this.launcher = launcher;
        this.qemu = qemu;
        this.vsock = vsock;
    }

    /** Of each log, in an error's text: a kernel's last words are long. */
    private static final int LOG_LINES = 60;

    static GuestProcesses start(GuestImage image, GuestSettings settings, Path commandSocket) throws IOException {
        Path directory = settings.directory();
        List<String> command = new ArrayList<>(
                List.of(image.launcher().toString(), directory.toString(), Integer.toString(settings.cid())));
        command.addAll(qemuCommand(image, settings, commandSocket));
        Process launcher = settings.user()
                .process(directory, command)
                .directory(directory.toFile())
                .redirectError(directory.resolve("run-guest.log").toFile())
                .start();
        try {
            BufferedReader lines = launcher.inputReader(StandardCharsets.US_ASCII);
            ProcessHandle vsock = announced(lines.readLine(), "vsock ", directory);
            ProcessHandle qemu = announced(lines.readLine(), "qemu ", directory);
            return new GuestProcesses(launcher, qemu, vsock);
        } catch (IOException e) {
            launcher.destroy();
            throw e;
        }
    }

    private static ProcessHandle announced(@Nullable String line, String what, Path directory) throws GuestException {
        Optional<ProcessHandle> handle = line != null && line.startsWith(what)
                ? ProcessHandle.of(Long.parseLong(line.substring(what.length())))
                : Optional.empty();
        return handle.orElseThrow(() -> new GuestException(
                "The guest's " + what + "process did not start, or ended at once." + logs(directory)));
    }

    private static List<String> qemuCommand(GuestImage image, GuestSettings settings, Path commandSocket) {
        Path directory = settings.directory();
        String memory = settings.memoryMiB() + "M";
        List<String> command = new ArrayList<>(List.of(
                "qemu-system-x86_64",
                // vhost-user devices work on memory that the daemon can map, too.
                "-machine",
                "q35,memory-backend=mem0",
                "-object",
                "memory-backend-memfd,id=mem0,share=on,size=" + memory,
                "-m",
                memory,
                "-accel",
                settings.accelerator(),
                // Under emulation `rep movsb` is slow; without the first two flags the guest's kernel does not choose
                // it. A fifth level of
                // page tables, the third, only makes each walk longer.
                "-cpu",
                "max,-erms,-fsrm,-la57",
                "-smp",
                "2",
                "-nodefaults",
                "-display",
                "none",
                "-no-reboot",
                "-kernel",
                image.kernel().toString(),
                "-initrd",
                image.initrd().toString(),
                // A booting kernel rewrites its own code, and QEMU's emulation now and then lets the other processor
                // run what was there
                // before, which is fatal. So the second is switched on once the guest is ready.
                "-append",
                "console=ttyS0 quiet loglevel=3 panic=-1 maxcpus=1",
                "-chardev",
                "socket,id=serial,server=on,wait=off,path=" + directory.resolve("serial") + ",logfile="
                        + consoleLog(directory),
                "-serial",
                "chardev:serial",
                "-qmp",
                "unix:" + directory.resolve("qmp") + ",server=on,wait=off",
                "-drive",
                "if=none,id=root,format=raw,snapshot=on,file.locking=off,file=" + image.root(),
                "-device",
                "virtio-blk-pci,drive=root"));
        settings.agentDisk()
                .ifPresent(disk -> command.addAll(List.of(
                        "-drive",
                        "if=none,id=agent,format=raw,readonly=on,file.locking=off,file=" + disk,
                        "-device",
                        "virtio-blk-pci,drive=agent")));
        command.addAll(List.of(
                "-chardev", "socket,id=vsock,path=" + directory.resolve("vsock.ctl"),
                "-device", "vhost-user-vsock-pci,chardev=vsock",
                "-chardev", "socket,id=commands,path=" + commandSocket,
                "-device", "virtio-serial-pci",
                "-device", "virtserialport,chardev=commands,name=org.spectrum_os.portal.commands",
                "-device", "virtio-rng-pci"));
        command.addAll(settings.moreQemu());
        return command;
    }

    static Path consoleLog(Path directory) {
        return directory.resolve("console.log");
    }

    /** Whether the guest's kernel has given up. */
    static boolean hasPanicked(Path directory) throws IOException {
        Path console = consoleLog(directory);
        return Files.exists(console)
                && Files.readString(console, StandardCharsets.ISO_8859_1).contains("Kernel panic");
    }

    /** The end of each log, for an error message. */
    static String logs(Path directory) {
        StringBuilder text = new StringBuilder();
        for (String name : List.of("run-guest.log", "qemu.log", "vsock.log", "console.log")) {
            Path log = directory.resolve(name);
            try {
                List<String> lines = Files.exists(log)
                        ? Files.readString(log, StandardCharsets.ISO_8859_1)
                                .lines()
                                .toList()
                        : List.of();
                if (!lines.isEmpty()) {
                    text.append("\n--- end of ").append(log).append('\n');
                    lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())
                            .forEach(line -> text.append(line).append('\n'));
                }
            } catch (IOException e) {
                text.append("\n--- ").append(log).append(" cannot be read: ").append(e.getMessage());
            }
        }
        return text.toString();
    }

    Process launcher() {
        return launcher;
    }

    ProcessHandle qemu() {
        return qemu;
    }

    ProcessHandle vsock() {
        return vsock;
    }

    /** Ends all three and waits until they are gone. */
    @Override
    public void close() throws IOException {
        boolean interrupted = false;
        launcher.getOutputStream().close();
        try {
            if (!launcher.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                // The kernel then kills its two children: run-guest set their parent-death signal.
                launcher.destroyForcibly();
            }
        } catch (InterruptedException e) {
            launcher.destroyForcibly();
            interrupted = true;
        }
        for (ProcessHandle child : List.of(qemu, vsock)) {
            var gone = child.onExit()
                    .completeOnTimeout(child, END_SECONDS, TimeUnit.SECONDS)
                    .join();
            if (gone.isAlive()) {
                throw new GuestException("Process " + gone.pid()
                        + " of the guest does not end. End it by hand: kill -KILL " + gone.pid());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
