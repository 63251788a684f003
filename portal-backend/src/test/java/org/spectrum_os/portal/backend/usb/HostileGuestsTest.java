// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;
import org.spectrum_os.portal.protocol.UsbMessage;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** Guests that ask too much, do not read, or break the rules, and devices that say what they like. */
@Timeout(120)
class HostileGuestsTest extends GuestsOnStage {
    @Test
    void tenThousandRequestsBringUpOneDialog() throws Exception {
        UsbGuest guest = guest("mail");
        guest.acquire(false, guest.id());
        stage.desk.said(new FromWindow.Denied(stage.shown().id()));
        guest.next(UsbMessage.Ended.class);
        for (int i = 0; i < 10_000; i++) {
            guest.acquire(false, guest.id());
            assertEquals(Outcome.DENIED, guest.next(UsbMessage.Ended.class).outcome());
        }
        assertTrue(stage.told.stream().noneMatch(ToWindow.Show.class::isInstance));
        assertTrue(stage.audit("mail").length() < 1024 * 1024, "nor does the log grow");
    }

    @Test
    void whatItHasCannotBeAskedForUntilTheLogIsFull() throws Exception {
        UsbGuest guest = guest("mail");
        LentDevice lent = lent(guest, false, guest.id());
        for (int i = 0; i < 5_000; i++) {
            guest.acquire(false, guest.id());
            assertEquals(
                    lent.lease(),
                    guest.next(UsbMessage.Granted.class).devices().getFirst().lease());
        }
        assertTrue(stage.audit("mail").length() < 256 * 1024, "the log does not grow");
        guest.leave();
        stage.assertNothingIsLeft();
    }

    @Test
    void aFaultAfterTheFirstOfSeveralGivesThatBack() throws Exception {
        host.plug(FakeHost.stick("1-3", UsbStage.ULTRA, "T"));
        UsbGuest guest = guest("mail");
        long request = guest.acquire(
                false, guest.devices.get(0).id(), guest.devices.get(1).id());
        var opened = new AtomicInteger();
        host.onOpen = () -> {
            if (opened.incrementAndGet() == 2) {
                throw new IllegalStateException("a fault");
            }
        };
        stage.agree(stage.shown(), STOPPED, false);
        assertEquals(new UsbMessage.Ended(request, Outcome.DENIED), guest.next(UsbMessage.Ended.class));
        assertEquals(2, opened.get());
        stage.assertNothingIsLeft();
    }

    @Test
    void ofManyRequestsAtOnceAFewWaitAndOneLeaseAnswersThemAll() throws Exception {
        UsbGuest guest = guest("mail");
        int wait = 1 + ConsentDesk.WAITING_MOST;
        int asked = 2 * Limits.OPEN_REQUESTS;
        for (int i = 0; i < asked; i++) {
            guest.acquire(false, guest.id());
        }
        for (int i = wait; i < asked; i++) {
            assertEquals(Outcome.DENIED, guest.next(UsbMessage.Ended.class).outcome(), "too many wait");
        }
        var leases = new HashSet<String>();
        for (int i = 0; i < wait; i++) {
            stage.agree(stage.shown(), STOPPED, false);
            leases.add(guest.next(UsbMessage.Granted.class).devices().getFirst().lease());
        }
        assertEquals(1, leases.size(), "what it was lent meanwhile it has");
        assertEquals(1, FakeMachine.of(machines, "mail").attached);
        guest.leave();
        stage.assertNothingIsLeft();
    }

    @Test
    void aGuestThatDoesNotReadIsCutOffAndLosesWhatItHad() throws Exception {
        UsbGuest guest = guest("mail");
        lent(guest, false, guest.id());
        for (int i = 0; i < 100_000 && FakeMachine.of(machines, "mail").holds() > 0; i++) {
            host.plug(FakeHost.stick("1-3", UsbStage.ULTRA, "x".repeat(100)));
            host.unplug("1-3");
        }
        guest.served();
        stage.assertNothingIsLeft();
    }

    @Test
    void aGuestThatWithdrawsTakesItsDialogAway() throws Exception {
        UsbGuest guest = guest("mail");
        long request = guest.acquire(false, guest.id());
        ToWindow.Show show = stage.shown();
        guest.channel.send(new UsbMessage.Withdraw(request));
        guest.channel.send(new UsbMessage.Withdraw(99));
        long next = guest.acquire(false, "0123456789abcdef");
        assertEquals(new UsbMessage.Ended(next, Outcome.DENIED), guest.next());
        stage.agree(show, STOPPED, false);
        stage.assertNothingIsLeft();
        assertTrue(stage.audit("mail").contains("withdrawn"));
    }

    @Test
    void whoSpeaksAnotherVersionIsToldAndWhoBreaksTheRulesIsCut() throws Exception {
        try (MessageChannel old = connect("mail")) {
            old.send(new UsbMessage.Hello(UsbMessage.VERSION + 1, Untrusted.of("test")));
            assertInstanceOf(UsbMessage.Refused.class, old.receive(UsbMessage.FromHost.class, Duration.ofSeconds(20)));
        }
        try (MessageChannel rude = connect("mail")) {
            rude.send(new UsbMessage.Withdraw(1));
            assertThrows(IOException.class, () -> rude.receive(UsbMessage.FromHost.class, Duration.ofSeconds(20)));
        }
        UsbGuest again = guest("mail");
        again.channel.send(new UsbMessage.Seek(5, false, null, null, 0xff));
        assertEquals(Outcome.DENIED, again.next(UsbMessage.Ended.class).outcome());
        again.channel.send(new UsbMessage.Seek(5, false, null, null, 0xff));
        again.served();
    }

    @Test
    void whatDevicesSayIsMadeWellFormedForGuestsAndSafeForTheUser() throws Exception {
        String hostile = "<b>\u202e\ud800\0\u001b[31m" + "x".repeat(65_536);
        host.plug(new HostDevice(
                UsbIdentity.of("1-3", 0x0781, UsbStage.ULTRA, hostile, List.of()),
                1,
                1,
                0x12345,
                hostile,
                hostile,
                "",
                "",
                List.of(Kind.OTHER),
                Set.of(hostile.substring(0, 20)),
                List.of(),
                Optional.empty()));
        UsbGuest guest = guest("mail");
        UsbDeviceInfo info = guest.devices.get(1);
        assertTrue(info.serial().length() <= 126 && info.serial().startsWith("<b>\u202e\ufffd\ufffd"));
        guest.acquire(false, info.id());
        ToWindow.Show show = stage.shown();
        String claim =
                String.valueOf(UsbStage.question(show).devices().getFirst().claim());
        assertTrue(claim.contains("<b>⟨U+202E⟩⟨U+D800⟩⟨U+0000⟩"), claim);
        stage.agree(show, STOPPED, false);
        assertEquals(
                info.serial(),
                guest.next(UsbMessage.Granted.class).devices().getFirst().serial());
    }

    private MessageChannel connect(String instance) throws IOException {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        Thread.ofPlatform().daemon().start(() -> stage.portal.serve(instance, ends.second()));
        return new MessageChannel(ends.first());
    }
}
