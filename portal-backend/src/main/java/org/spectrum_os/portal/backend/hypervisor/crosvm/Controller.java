// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import static java.lang.System.Logger.Level.DEBUG;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.spectrum_os.portal.backend.hypervisor.Deadline;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.transport.Descriptor;

/**
 * The ports of one run, and what is known to be on them. Whatever an answer says, the list of ports decides; what came onto a port and was not seen
 * to come there as it should is taken off. One thread at a time.
 */
final class Controller {
    private static final System.Logger LOG = System.getLogger(Controller.class.getName());
    /** Between attempts while the guest's driver is not up. */
    private static final List<Duration> RETRIES = List.of(
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(8));

    private static final Duration FIRST_LOOK = Duration.ofMillis(20);

    private final String name;
    private final Tube tube;
    private final CountDownLatch closing;
    private Reply.Devices known = new Reply.Devices(Collections.nCopies(Request.PORTS, Reply.Slot.EMPTY));
    /** Whether an attach may have been carried out, or may be yet, that nobody was told of. */
    private boolean owes;

    Controller(String name, Tube tube, CountDownLatch closing) {
        this.name = name;
        this.tube = tube;
        this.closing = closing;
    }

    /** Whether {@link #list} must be asked again, to take off what should not be there. */
    boolean owes() {
        return owes;
    }

    /** The same is still owed: what was asked may come yet. */
    void owe() {
        owes = true;
    }

    /** What is on the ports, after what should not be there is off. */
    Reply.Devices list(Deadline deadline) throws MachineException, InterruptedException {
        takeOff(deadline);
        return known;
    }

    /** Returns how many devices had come that nobody was told of. */
    private int takeOff(Deadline deadline) throws MachineException, InterruptedException {
        Reply.Devices now = tube.list(deadline);
        List<Integer> strays = owes ? added(now) : List.of();
        for (int port : strays) {
            // "No such device" is what is said of a port that was only stuck; it is free then nevertheless.
            Reply _ = tube.ask(new Request.DetachDevice(port), List.of(), deadline);
            known = awaitEmpty(port, now.at(port), deadline);
        }
        if (strays.isEmpty()) {
            known = now;
        }
        owes = false;
        return strays.size();
    }

    private List<Integer> added(Reply.Devices now) {
        return IntStream.rangeClosed(1, Request.PORTS)
                .filter(port -> !isEmpty(now, port) && isEmpty(known, port))
                .boxed()
                .toList();
    }

    private static boolean isEmpty(Reply.Devices devices, int port) {
        return devices.at(port).equals(Reply.Slot.EMPTY);
    }

    /** Returns the port. */
    int attach(Request.Usb request, Descriptor node, WantedDevice wanted, Deadline deadline)
            throws MachineException, InterruptedException {
        takeOff(deadline);
        for (Duration retry : RETRIES) {
            owes = true;
            Reply reply = tube.ask(request, List.of(node), deadline);
            switch (reply) {
                case Reply.Ok(int port) -> {
                    return seen(port, wanted, deadline);
                }
                case Reply.Word word
                when word == Reply.Word.NO_AVAILABLE_PORT -> {
                    if (takeOff(deadline) == 0 && wanted.ports().noneMatch(port -> isEmpty(known, port))) {
                        throw new MachineException.NoPort(name + " has a device on each of its ports for "
                                + wanted.speed() + ": take one back, and try again");
                    }
                    if (deadline.left().compareTo(retry.plus(Exchange.USB)) < 0) {
                        throw driverNotUp();
                    }
                    pause(retry);
                }
                case Reply.Word _ -> {
                    takeOff(deadline);
                    throw new MachineException.DeviceRefused(
                            name
                                    + " does not take the device: it has been unplugged, or its descriptors cannot be read; plug it in anew");
                }
                case Reply.Err _ -> {
                    takeOff(deadline);
                    throw new MachineException.NoAnswer(
                            name
                                    + " failed with the device, or took longer than two seconds for it, and it was taken off again: the device may be broken; plug it in anew");
                }
                case Reply.Devices _, Reply.Pids _, Reply.Other _ -> {
                    takeOff(deadline);
                    throw senseless();
                }
            }
        }
        throw driverNotUp();
    }

    private MachineException driverNotUp() {
        return new MachineException.NoPort(
                name
                        + " has free ports, but its guest does not take devices yet: its driver for xHCI is not up (still booting, or missing in its kernel)");
    }

    private MachineException senseless() {
        return new MachineException.NoAnswer(name
                + " said that it attached the device, but its list does not show that; what it shows was taken off");
    }

    private int seen(int port, WantedDevice wanted, Deadline deadline) throws MachineException, InterruptedException {
        Reply.Devices now = tube.list(deadline);
        List<Integer> added = added(now);
        if (added.equals(List.of(port)) && now.at(port).equals(wanted.slot())) {
            known = now;
            owes = false;
            return port;
        }
        takeOff(deadline);
        if (added.isEmpty()) {
            throw new MachineException.DeviceRefused(
                    name
                            + " took the device, and it was gone at once: it has been unplugged, or shows itself as another now");
        }
        throw senseless();
    }

    /** Takes a device off, if that is the one. */
    void detach(int port, Reply.Slot device, Deadline deadline) throws MachineException, InterruptedException {
        takeOff(deadline);
        if (!known.at(port).equals(device)) {
            return;
        }
        Reply _ = tube.ask(new Request.DetachDevice(port), List.of(), deadline);
        known = awaitEmpty(port, device, deadline);
    }

    private Reply.Devices awaitEmpty(int port, Reply.Slot device, Deadline deadline)
            throws MachineException, InterruptedException {
        Duration look = FIRST_LOOK;
        // A detach that was answered late, or not, is asked for again; nothing tells of the end.
        Reply.Devices now = tube.list(deadline);
        while (now.at(port).equals(device)) {
            if (deadline.left().compareTo(look.plus(Exchange.USB)) < 0) {
                throw new MachineException.NoAnswer(name + " does not let go of what is on its port " + port
                        + ": see whether the VM hangs; stopping it takes the device back");
            }
            pause(look);
            look = look.multipliedBy(2);
            Reply _ = tube.ask(new Request.DetachDevice(port), List.of(), deadline);
            now = tube.list(deadline);
        }
        LOG.log(DEBUG, name + " has let go of what was on its port " + port);
        return now;
    }

    private void pause(Duration time) throws MachineException, InterruptedException {
        if (closing.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new MachineException.NoAnswer("the watch of " + name + " has ended");
        }
    }
}
