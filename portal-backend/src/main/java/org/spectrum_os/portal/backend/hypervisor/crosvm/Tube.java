// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.backend.hypervisor.Deadline;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.transport.Descriptor;

/**
 * The way to one run's USB controller, which is a process of its own behind a queue. When that is late, crosvm answers with an error, and the
 * late answer is taken for that of the next request: from then on every answer is one behind, for as long as the VM runs. So it is measured how many
 * answers are behind, by requests that change nothing, and so many more are asked for after each request. One thread at a time.
 */
final class Tube {
    private static final System.Logger LOG = System.getLogger(Tube.class.getName());
    /**
     * D detaches from port 0, which never has a device, and L lists: the answers differ in kind. Shifted against itself the row never agrees with
     * itself, so it tells where the answers to it begin.
     */
    static final String ROW = "DLDDLLLDDDLDLLDLLLLD";

    /** How many answers can be behind before this gives up. */
    static final int MOST_BEHIND = 8;
    /** A controller that fails so often in a row is dead: 10 s at least if it is silent, under 2 s if it is not there. */
    private static final int DEAD_AFTER = 5;

    private static final int SENSELESS = 3;
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final String name;
    private final VmRun run;
    private final Exchange exchange;
    private final CountDownLatch closing;
    private int behind;
    private boolean measured;
    private boolean everAnswered;

    /**
     * Asks nothing yet.
     *
     * @param name    the VM, to begin a sentence with
     * @param closing ends what waits
     */
    Tube(String name, VmRun run, Exchange exchange, CountDownLatch closing) {
        this.name = name;
        this.run = run;
        this.exchange = exchange;
        this.closing = closing;
    }

    /** Its own answer. After one that is an {@link Reply.Err}, and after an exception, the request may have been carried out, or may be yet. */
    Reply ask(Request.Usb request, List<Descriptor> descriptors, Deadline deadline)
            throws MachineException, InterruptedException {
        measure(deadline);
        Reply reply = once(request, descriptors, deadline);
        for (int i = 0; i < behind && measured; i++) {
            reply = once(new Request.ListDevice(), List.of(), deadline);
        }
        return reply;
    }

    /** What is on the ports. */
    Reply.Devices list(Deadline deadline) throws MachineException, InterruptedException {
        for (int i = 0; i < SENSELESS; i++) {
            if (ask(new Request.ListDevice(), List.of(), deadline) instanceof Reply.Devices devices) {
                return devices;
            }
            measured = false;
        }
        throw senseless();
    }

    private MachineException senseless() {
        return new MachineException.NoAnswer(
                name
                        + " gives answers about USB that do not belong to what it was asked: restart the VM, and update crosvm");
    }

    private Reply once(Request.Usb request, List<Descriptor> descriptors, Deadline deadline)
            throws MachineException, InterruptedException {
        if (deadline.isOver()) {
            measured = false;
            throw new MachineException.NoAnswer(
                    name + " took too long: see whether the VM is overloaded, and try again");
        }
        try {
            Reply reply = exchange.ask(run, request, descriptors, deadline);
            if (reply instanceof Reply.Err(int errno)) {
                measured = false;
                if (errno == Reply.Err.ENODEV) {
                    throw new MachineException.Unsupported(
                            name + " was built without USB: use a crosvm with the feature usb");
                }
            }
            return reply;
        } catch (Exchange.UnansweredException e) {
            measured = false;
            throw unanswered(request, e, deadline);
        }
    }

    private MachineException unanswered(Request.Usb request, Exchange.UnansweredException e, Deadline deadline)
            throws MachineException, InterruptedException {
        if (e.isSilent() && isAlive(deadline)) {
            if (!everAnswered) {
                return new MachineException.Unsupported(
                        name + " answers, but not to requests about USB: use a crosvm that has the feature usb");
            }
            if (request instanceof Request.AttachSecurityKey) {
                return new MachineException.Unsupported(
                        name + " does not know how to share a security key: use a crosvm of March 2024 or later");
            }
        }
        return new MachineException.NoAnswer(name + " " + e.getMessage() + ": see whether the VM hangs");
    }

    /** Whether it answers at all, having seen, and left out, what it was asked before: it takes one request after another. */
    private boolean isAlive(Deadline deadline) throws MachineException, InterruptedException {
        try {
            return exchange.ask(run, new Request.VcpuPidTid(), List.of(), deadline) instanceof Reply.Pids;
        } catch (Exchange.UnansweredException _) {
            return false;
        }
    }

    private void measure(Deadline deadline) throws MachineException, InterruptedException {
        int failures = 0;
        int senseless = 0;
        while (!measured) {
            List<Reply> answers = row(deadline);
            if (answers.size() < ROW.length()) {
                failures = answers.isEmpty() ? failures + 1 : 1;
                if (failures == DEAD_AFTER) {
                    throw dead();
                }
                if (closing.await(deadline.atMost(PAUSE).toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new MachineException.NoAnswer("the watch of " + name + " has ended");
                }
                continue;
            }
            int shift = shift(answers);
            if (shift >= 0) {
                if (shift > behind) {
                    LOG.log(
                            WARNING,
                            name + " is " + shift + " answers behind since a device was slow; this is allowed for");
                }
                behind = shift;
                measured = true;
                everAnswered = true;
            } else if (++senseless == SENSELESS) {
                throw senseless();
            }
        }
    }

    /** The answers up to the first that was an error. */
    private List<Reply> row(Deadline deadline) throws MachineException, InterruptedException {
        var answers = new ArrayList<Reply>();
        for (int i = 0; i < ROW.length(); i++) {
            Request.Usb request = ROW.charAt(i) == 'D' ? new Request.DetachDevice(0) : new Request.ListDevice();
            Reply reply = once(request, List.of(), deadline);
            if (reply instanceof Reply.Err) {
                return answers;
            }
            answers.add(reply);
        }
        return answers;
    }

    /** By how many the answers to {@link #ROW} are late; -1 if they are none. */
    static int shift(List<Reply> answers) {
        for (int shift = 0; shift <= MOST_BEHIND; shift++) {
            boolean fits = true;
            for (int i = 0; i + shift < answers.size() && fits; i++) {
                Reply reply = answers.get(i + shift);
                fits = ROW.charAt(i) == 'D' ? reply == Reply.Word.NO_SUCH_DEVICE : reply instanceof Reply.Devices;
            }
            if (fits) {
                return shift;
            }
        }
        return -1;
    }

    private MachineException dead() {
        return everAnswered
                ? new MachineException.ControllerDead(
                        name + " has lost its USB controller: nothing can be attached until the VM is restarted")
                : new MachineException.Unsupported(name
                        + " has no USB controller that works. If it was started with --no-usb or as a protected VM, it never"
                        + " has one; else the controller has failed: restart the VM");
    }
}
