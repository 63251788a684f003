// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.spectrum_os.portal.backend.daemon.Doctor.Finding;
import org.spectrum_os.portal.backend.daemon.Doctor.State;
import org.spectrum_os.portal.backend.policy.MachineAddress;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.SocketKind;

/** Whether the monitor of a VM can be reached, and by nobody else. Neither crosvm nor QEMU asks who is there: whoever connects owns the VM. */
final class MachineCheck {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int SOCKET = 0140000;
    private static final int KIND = 0170000;
    private static final int STICKY = 01000;
    private static final int WRITE = 2;
    private static final int ENTER = 1;
    private static final int GROUP_SHIFT = 3;

    private final Answer answer;

    /** Tries a monitor. It may block; nobody waits for long. */
    interface Answer {
        /** Does nothing but fail, if nobody is there, or not such a monitor. */
        void of(MachineAddress machine) throws IOException;
    }

    MachineCheck(Answer answer) {
        this.answer = answer;
    }

    /** Connects, and says nothing: QEMU's monitor serves one at a time, and that one is the backend. */
    static void connect(MachineAddress machine) throws IOException {
        SocketKind kind = switch (machine) {
            case MachineAddress.Crosvm _ -> SocketKind.SEQPACKET;
            case MachineAddress.Qemu _ -> SocketKind.STREAM;
        };
        Connection.connectUnix(machine.socket(), kind).close();
    }

    List<Finding> of(String instance, MachineAddress machine) {
        String check = "machine of " + instance;
        Path socket = machine.socket();
        try {
            int mode = mode(socket);
            if ((mode & KIND) != SOCKET) {
                return List.of(new Finding(
                        check,
                        State.WRONG,
                        socket + " is no socket",
                        "correct \"machine\" of " + instance + " in the policy"));
            }
            var findings = new ArrayList<Finding>();
            openTo(socket, mode)
                    .ifPresent(who -> findings.add(new Finding(
                            check,
                            State.WRONG,
                            socket + " can be reached by " + who + ", and whoever reaches it owns the VM",
                            "keep it in a folder of mode 0700")));
            Object owner = Files.getAttribute(socket, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            if (!owner.equals(own)) {
                findings.add(new Finding(
                        check,
                        State.WRONG,
                        socket + " belongs to user " + owner + ", not to this one",
                        "start the VM as this user; what another runs gets no device"));
            }
            tried(check, machine).ifPresent(findings::add);
            return findings.isEmpty() ? List.of(new Finding(check, State.GOOD, machine + " is there", "")) : findings;
        } catch (NoSuchFileException e) {
            return List.of(new Finding(
                    check,
                    State.CARE,
                    socket + " is not there, so the VM does not run",
                    "start it with " + option(machine) + ", or correct \"machine\" of " + instance + " in the policy"));
        } catch (IOException e) {
            return List.of(new Finding(
                    check, State.WRONG, socket + " cannot be examined: " + e.getMessage(), "see who owns its folder"));
        }
    }

    private static String option(MachineAddress machine) {
        return switch (machine) {
            case MachineAddress.Crosvm(Path socket) -> "crosvm run --socket " + socket;
            case MachineAddress.Qemu(Path socket) -> "-qmp unix:" + socket + ",server=on,wait=off";
        };
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Who besides the owner could connect to it, or put another in its place; judged by modes alone, so that a group counts wherever the way is
     * open to some group.
     */
    private static Optional<String> openTo(Path socket, int mode) throws IOException {
        boolean group = may(mode, GROUP_SHIFT, WRITE);
        boolean others = may(mode, 0, WRITE);
        Path folder = socket.toRealPath(LinkOption.NOFOLLOW_LINKS).getParent();
        if (folder != null) {
            int its = mode(folder.toRealPath());
            if ((its & STICKY) == 0) {
                group |= may(its, GROUP_SHIFT, WRITE);
                others |= may(its, 0, WRITE);
            }
        }
        for (Path each = folder; each != null; each = each.getParent()) {
            int its = mode(each.toRealPath());
            group &= may(its, GROUP_SHIFT, ENTER) || may(its, 0, ENTER);
            others &= may(its, 0, ENTER);
        }
        return others ? Optional.of("every user") : group ? Optional.of("others of its group") : Optional.empty();
    }

    private static boolean may(int mode, int shift, int what) {
        return (mode >> shift & what) != 0;
    }

    private Optional<Finding> tried(String check, MachineAddress machine) {
        var attempt = new FutureTask<Boolean>(() -> {
            answer.of(machine);
            return true;
        });
        // A full queue of connections blocks, in a native call.
        Thread.ofPlatform().daemon().name("trying " + machine).start(attempt);
        try {
            attempt.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (TimeoutException e) {
            return Optional.of(new Finding(
                    check, State.WRONG, machine + " does not answer", "it hangs: stop the VM and start it anew"));
        } catch (ExecutionException e) {
            return Optional.of(failed(check, machine, e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(new Finding(check, State.CARE, machine + " was not tried to its end", "run this again"));
        }
    }

    private static Finding failed(String check, MachineAddress machine, Throwable why) {
        if (why instanceof ErrnoException errno && errno.errno() == ErrnoException.ECONNREFUSED) {
            return new Finding(
                    check,
                    State.CARE,
                    "nobody listens at " + machine.socket() + ", so the VM does not run",
                    "start it with " + option(machine));
        }
        return new Finding(
                check,
                State.WRONG,
                machine + " cannot be reached: " + why.getMessage(),
                "see whether it is that monitor's socket, and whose");
    }
}
