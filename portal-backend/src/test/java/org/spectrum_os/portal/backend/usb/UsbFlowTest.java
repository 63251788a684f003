// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.UsbMessage;

/** Whatever happens at whatever step, afterwards the device is the host's, whole, and the log says so. */
@Timeout(120)
class UsbFlowTest {
    private static final Duration LENT_FOR = Duration.ofMinutes(1);

    /** Where a loan is when something happens. */
    enum Step {
        ASKED,
        UNMOUNTING,
        OPENING,
        ATTACHING,
        LENT,
        AWAY,
        ATTACHING_AGAIN,
        DETACHING
    }

    enum Event {
        UNPLUGGED,
        VM_STOPS,
        GUEST_LEAVES,
        POLICY_CHANGES,
        TIME_IS_OVER,
        BACKEND_ENDS
    }

    @TempDir
    Path folder;

    private final FakeHost host = new FakeHost();
    private final FakeMachine machine = new FakeMachine(host);
    private final AtomicReference<@Nullable Thread> happening = new AtomicReference<>();
    private UsbStage stage;
    private UsbGuest guest;

    static Stream<Arguments> all() {
        return Stream.of(Step.values())
                .flatMap(step -> Stream.of(Event.values()).map(event -> Arguments.of(step, event)));
    }

    @BeforeEach
    void open() throws Exception {
        host.plug(
                FakeHost.with(FakeHost.stick("1-2", UsbStage.ULTRA, "S1"), 0, List.of("/media/S1"), Optional.empty()));
        stage = new UsbStage(
                folder,
                host,
                Map.of("mail", machine),
                UsbStage.policy(UsbStage.instance("mail", UsbStage.rule(UsbMode.ASK, UsbStage.ULTRA))));
        guest = stage.guest("mail");
    }

    @AfterEach
    void close() throws Exception {
        guest.close();
        stage.close();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("all")
    void theHostIsWholeAgain(Step step, Event event) throws Exception {
        switch (step) {
            case ASKED, LENT, AWAY, ATTACHING_AGAIN -> {}
            case UNMOUNTING -> host.onUnmount = () -> meanwhile(event);
            case OPENING -> host.onOpen = () -> meanwhile(event);
            case ATTACHING -> machine.onAttach = () -> meanwhile(event);
            case DETACHING -> machine.onDetach = () -> meanwhile(event);
        }
        guest.acquire(false, guest.id());
        ToWindow.Show show = stage.shown();
        if (step == Step.ASKED) {
            happen(event);
        }
        stage.agree(show, new LoanTime.Over(LENT_FOR.toSeconds()), true);
        if (step.compareTo(Step.LENT) >= 0) {
            String lease =
                    guest.next(UsbMessage.Granted.class).devices().getFirst().lease();
            assertEquals(1, machine.holds());
            if (step == Step.DETACHING) {
                release(lease);
                if (event == Event.GUEST_LEAVES) {
                    guest.served();
                } else {
                    guest.next(UsbMessage.Taken.class);
                }
            } else {
                switch (step) {
                    case AWAY -> {
                        host.unplug("1-2");
                        happen(event);
                    }
                    case ATTACHING_AGAIN -> {
                        host.unplug("1-2");
                        machine.onAttach = () -> meanwhile(event);
                        host.plug(FakeHost.stick("1-2", UsbStage.ULTRA, "S1"));
                    }
                    default -> happen(event);
                }
            }
        }
        Thread other = happening.get();
        if (other != null) {
            other.join();
        }
        if (event == Event.UNPLUGGED && step == Step.ATTACHING) {
            // The guest has been told no: what is plugged in now is not its.
            guest.next(UsbMessage.Ended.class);
            host.plug(FakeHost.stick("1-2", UsbStage.ULTRA, "S1"));
            assertEquals(0, machine.holds());
        }
        stage.timer.pass(UsbLoans.GRACE);
        if (event == Event.TIME_IS_OVER) {
            // One that began only after the first minute had passed.
            stage.time.pass(LENT_FOR);
            stage.awaitEnds();
        }

        stage.assertNothingIsLeft();
        String lines = stage.audit("mail");
        assertEquals(1, UsbStage.count(lines, "\"requested\""), lines);
        assertTrue(UsbStage.count(lines, "\"decided\"") >= 1, lines);
        if (step != Step.ASKED && step != Step.UNMOUNTING) {
            assertEquals(1, UsbStage.count(lines, "\"granted\""), lines);
        }
    }

    private void release(String lease) throws IOException {
        try {
            guest.channel.send(new UsbMessage.Release(lease));
        } catch (ClosedChannelException e) {
            // It was read, and the guest left on account of it, before this had returned.
            assertTrue(happening.get() != null);
        }
    }

    private void happen(Event event) {
        switch (event) {
            case UNPLUGGED -> host.unplug("1-2");
            case VM_STOPS -> stage.stopVm("mail");
            case GUEST_LEAVES -> {
                try {
                    guest.leave();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            case POLICY_CHANGES -> stage.reload(UsbStage.policy(UsbStage.instance("mail")));
            case TIME_IS_OVER -> {
                // Of the dialog, or of the lease.
                stage.timer.pass(Duration.ofMinutes(3));
                stage.time.pass(LENT_FOR);
            }
            case BACKEND_ENDS -> stage.end();
        }
    }

    /** On a thread of its own, once; goes on when it is done, or waits for what is being done here. */
    private void meanwhile(Event event) {
        var thread = Thread.ofPlatform().daemon().unstarted(() -> happen(event));
        if (!happening.compareAndSet(null, thread)) {
            return;
        }
        thread.start();
        while (thread.getState() == Thread.State.RUNNABLE || thread.getState() == Thread.State.NEW) {
            Thread.onSpinWait();
        }
    }
}
