// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.spectrum_os.portal.agent.bus.Face;
import org.spectrum_os.portal.agent.keys.KeySync;
import org.spectrum_os.portal.agent.keys.Vault;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.agent.link.HostLink;
import org.spectrum_os.portal.agent.mount.MountStep;
import org.spectrum_os.portal.agent.mount.Posix;
import org.spectrum_os.portal.agent.mount.StayingMount;
import org.spectrum_os.portal.agent.request.LentFolder;
import org.spectrum_os.portal.agent.request.RequestBook;
import org.spectrum_os.portal.agent.usb.GuestNodes;
import org.spectrum_os.portal.agent.usb.HostUsb;
import org.spectrum_os.portal.agent.usb.UsbEvents;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;

/** The program {@code spectrum-agent}. */
public final class SpectrumAgent {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private SpectrumAgent() {}

    /** Runs one command; see {@code --help}. */
    public static void main(String[] args) {
        // The threads of the bus library would keep the process for a while.
        System.exit(run(List.of(args), System.out));
    }

    static int run(List<String> words, PrintStream out) {
        try {
            return run(CommandLineParser.parse(words), out);
        } catch (CommandLine.UsageException e) {
            AgentLog.error(e.getMessage());
            return USAGE;
        } catch (MountStep.MountException | BusException | IOException e) {
            AgentLog.error(e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static int run(CommandLine line, PrintStream out)
            throws MountStep.MountException, BusException, IOException, InterruptedException {
        switch (line) {
            case CommandLine.Help() -> out.print(CommandLine.HELP);
            case CommandLine.Version() -> out.println("spectrum-agent " + version());
            case CommandLine.Mount mount -> {
                var step = new MountStep(mount.host(), mount.mountPoint(), mount.msize());
                if (mount.stay()) {
                    new StayingMount(step).run();
                } else {
                    AgentLog.info(step.run());
                }
            }
            case CommandLine.Choose choose -> {
                return serve(choose);
            }
            case CommandLine.Keys(var service) -> service.run();
            case CommandLine.Sync(var host, String home) -> KeySync.run(host, home, out);
            case CommandLine.SignGpg(var command) -> {
                try {
                    return command.run();
                } catch (IOException e) {
                    // As gpg says it, to whoever reads what gpg says.
                    System.err.println("gpg: " + e.getMessage());
                    return USAGE;
                }
            }
            case CommandLine.SignSsh(var command) -> {
                return command.run();
            }
            case CommandLine.Usb(var command) -> {
                return command.run("spectrum-agent " + version(), out);
            }
            case CommandLine.HoldKeys(var socket) -> {
                try (var vault = Vault.listen(socket)) {
                    AgentLog.info("this VM's keys are lent to the host");
                    vault.run();
                }
            }
        }
        return DONE;
    }

    private static int serve(CommandLine.Choose line) throws BusException, InterruptedException {
        Face face = switch (line.face()) {
            case FRONTEND -> Face.FRONTEND;
            case BACKEND -> Face.BACKEND;
        };
        var folder = new LentFolder(line.mountPoint(), Posix::exists);
        var book = new RequestBook(events -> new HostLink(line.host(), "spectrum-agent " + version(), events), folder);
        try (var bus = BusConnection.session()) {
            return switch (face.serve(
                    bus, book, folder, usb(line.host()), GuestNodes.ofThisVm(), line.idleExit(), line.replace())) {
                case REPLACED -> {
                    AgentLog.info("another program took the bus name; leaving");
                    yield DONE;
                }
                case IDLE -> {
                    AgentLog.info("nothing was open for " + line.idleExit().toSeconds() + " s; leaving");
                    yield DONE;
                }
                case NO_BUS -> {
                    AgentLog.error("the session bus went away; start this program again with the next session");
                    yield FAILED;
                }
            };
        }
    }

    private static Function<UsbEvents, HostUsb> usb(HostAddress host) {
        return events -> new HostUsb(host, "spectrum-agent " + version(), events);
    }

    private static String version() {
        return Optional.ofNullable(SpectrumAgent.class.getModule().getDescriptor())
                .flatMap(module -> module.rawVersion())
                .orElse("(unknown version)");
    }
}
