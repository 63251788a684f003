// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.mount;

import java.time.Duration;
import java.util.function.Consumer;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.transport.Descriptor;

/**
 * Keeps the folder of lent files mounted, for as long as the process lives: when the host closes the connection behind the mount, as it does
 * when its backend ends, the dead mount is taken away and another made as soon as the host answers. Ends by a signal, and leaves the mount.
 */
public final class StayingMount {
    static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** A mount that an earlier run made has a socket that cannot be watched from here. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    /** How this class lets time pass. */
    @FunctionalInterface
    interface Clock {
        void pause(Duration length) throws InterruptedException;
    }

    private final MountStep step;
    private final Clock clock;
    private final Consumer<String> said;

    public StayingMount(MountStep step) {
        this(step, Thread::sleep, AgentLog::info);
    }

    StayingMount(MountStep step, Clock clock, Consumer<String> said) {
        this.step = step;
        this.clock = clock;
        this.said = said;
    }

    /**
     * Mounts, and mounts again.
     *
     * @throws MountStep.MountException if something is wrong that waiting does not mend
     */
    public void run() throws MountStep.MountException, InterruptedException {
        while (true) {
            MountStep.Mounted mounted = mount();
            said.accept(mounted.line());
            switch (mounted) {
                case MountStep.Mounted.Now(var line, var connection) -> awaitEnd(connection);
                case MountStep.Mounted.Before before -> awaitDeath();
            }
        }
    }

    /** Until it succeeds; the reason of a failure is said once. */
    private MountStep.Mounted mount() throws MountStep.MountException, InterruptedException {
        String lastFailure = "";
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return step.mount();
            } catch (MountStep.MountException e) {
                if (!e.isPassing()) {
                    throw e;
                }
                String why = String.valueOf(e.getMessage());
                if (!why.equals(lastFailure)) {
                    said.accept(why + "; trying again until it works");
                    lastFailure = why;
                }
            }
            clock.pause(pause);
            pause = pause.multipliedBy(2);
            if (pause.compareTo(LONGEST_PAUSE) > 0) {
                pause = LONGEST_PAUSE;
            }
        }
    }

    private void awaitEnd(Descriptor connection) throws MountStep.MountException {
        int errno;
        try (connection) {
            errno = Posix.awaitHangUp(connection.number());
        }
        if (errno != 0) {
            throw MountStep.MountException.lasting("the connection behind " + step.mountPoint()
                    + " cannot be watched (errno " + errno + "); the mount stays, start this program again");
        }
        said.accept("the host has closed the connection behind " + step.mountPoint());
        // At once, and not when the host is back: until then programs find an empty folder rather than one that fails.
        if (step.isMounted()) {
            step.detach();
            said.accept("the dead mount on " + step.mountPoint() + " was taken away");
        }
    }

    private void awaitDeath() throws InterruptedException {
        do {
            clock.pause(BETWEEN_LOOKS);
        } while (step.isAlive());
        said.accept("the mount on " + step.mountPoint() + " does not answer any more");
    }
}
