// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;
import org.spectrum_os.portal.protocol.UsbMessage;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** What guests see, ask for and get, by the wire's own words. */
@Timeout(120)
class UsbPortalTest {
    private static final LoanTime STOPPED = new LoanTime.Stopped();
    private static final int HIDDEN = 0x2222;

    @TempDir
    Path folder;

    private final FakeHost host = new FakeHost();
    private final Map<String, FakeMachine> machines =
            Map.of("mail", new FakeMachine(host), "web", new FakeMachine(host));
    private final List<UsbStage.Guest> guests = new ArrayList<>();
    private UsbStage stage;

    @BeforeEach
    void open() throws Exception {
        host.plug(FakeHost.stick("1-2", UsbStage.ULTRA, "S"));
        stage = new UsbStage(
                folder,
                host,
                machines,
                UsbStage.policy(
                        UsbStage.instance(
                                "mail",
                                UsbStage.rule(UsbMode.ASK, UsbStage.ULTRA),
                                UsbStage.rule(UsbMode.MANUAL, HIDDEN)),
                        UsbStage.instance("web", UsbStage.rule(UsbMode.ASK, UsbStage.ULTRA))));
    }

    @AfterEach
    void close() throws Exception {
        for (UsbStage.Guest guest : guests) {
            guest.close();
        }
        stage.close();
    }

    private UsbStage.Guest guest(String instance) throws IOException {
        UsbStage.Guest guest = stage.guest(instance);
        guests.add(guest);
        return guest;
    }

    private LentDevice lent(UsbStage.Guest guest, boolean keep, String id) throws Exception {
        guest.acquire(keep, id);
        stage.agree(stage.shown(), STOPPED, false);
        return guest.next(UsbMessage.Granted.class).devices().getFirst();
    }

    @Test
    void aGuestSeesWhatItMayAskForUnderNamesThatSayNothing() throws Exception {
        host.plug(FakeHost.stick("1-3", HIDDEN, ""));
        host.plug(FakeHost.stick("1-4", 0x3333, ""));
        host.plug(FakeHost.with(FakeHost.stick("1-5", UsbStage.ULTRA, ""), 0, List.of(), Optional.of(Reason.HUB)));
        UsbStage.Guest one = guest("mail");
        UsbStage.Guest other = guest("mail");
        assertEquals(1, one.devices.size());
        assertEquals(UsbStage.ULTRA, one.devices.getFirst().product());
        assertNotEquals(one.id(), other.id());
        assertEquals(16, one.id().length());
    }

    @Test
    void aGuestHearsOfEveryChange() throws Exception {
        UsbStage.Guest guest = guest("mail");
        host.plug(FakeHost.stick("1-3", UsbStage.ULTRA, "T"));
        String id = guest.next(UsbMessage.Present.class).device().id();
        host.unplug("1-3");
        assertEquals(id, guest.next(UsbMessage.Absent.class).id());
        stage.reload(UsbStage.policy(UsbStage.instance("mail"), UsbStage.instance("web")));
        assertEquals(guest.id(), guest.next(UsbMessage.Absent.class).id());
    }

    @Test
    void aDeviceThatAGuestMayNotSeeIsAsOneThatIsNotThere() throws Exception {
        HostDevice hidden = host.plug(FakeHost.stick("1-3", HIDDEN, ""));
        UsbStage.Guest guest = guest("mail");
        for (String id : List.of("0123456789abcdef", hidden.identity().port(), "no id at all", "")) {
            long request = guest.acquire(false, id);
            assertEquals(new UsbMessage.Ended(request, Outcome.DENIED), guest.next(UsbMessage.Ended.class));
            long both = guest.acquire(false, guest.id(), id);
            assertEquals(new UsbMessage.Ended(both, Outcome.DENIED), guest.next(UsbMessage.Ended.class));
        }
        assertTrue(stage.told.isEmpty(), "nobody is asked");
        assertTrue(stage.audit("mail").contains("no-such-device"));
    }

    @Test
    void whatIsLentWithoutKeepGoesWithItsConnectionAndTheRestStays() throws Exception {
        host.plug(FakeHost.stick("1-3", UsbStage.ULTRA, "T"));
        UsbStage.Guest guest = guest("mail");
        lent(guest, false, guest.devices.get(0).id());
        LentDevice kept = lent(guest, true, guest.devices.get(1).id());
        assertEquals(2, machines.get("mail").holds());
        guest.leave();
        assertEquals(1, machines.get("mail").holds());

        UsbStage.Guest later = guest("mail");
        later.channel.send(new UsbMessage.Release(kept.lease()));
        assertEquals(kept.lease(), later.next(UsbMessage.Taken.class).lease());
        stage.assertNothingIsLeft();
    }

    @Test
    void aGuestCannotReleaseWhatAnotherHas() throws Exception {
        UsbStage.Guest mail = guest("mail");
        UsbStage.Guest web = guest("web");
        LentDevice lent = lent(mail, false, mail.id());
        web.channel.send(new UsbMessage.Release(lent.lease()));
        web.channel.send(new UsbMessage.Release("there-is-no-such-lease"));
        // The first that is said after both is the answer to what was asked after both.
        long request = web.acquire(false, "0123456789abcdef");
        assertEquals(new UsbMessage.Ended(request, Outcome.DENIED), web.next());
        assertEquals(1, machines.get("mail").holds());
    }

    @Test
    void aGuestThatHasADeviceGetsItAgainWithoutAQuestion() throws Exception {
        UsbStage.Guest one = guest("mail");
        UsbStage.Guest other = guest("mail");
        LentDevice first = lent(one, false, one.id());
        other.acquire(false, other.id());
        LentDevice second = other.next(UsbMessage.Granted.class).devices().getFirst();
        assertEquals(first.lease(), second.lease());
        one.leave();
        assertEquals(1, machines.get("mail").holds(), "the other has it still");
        other.leave();
        stage.assertNothingIsLeft();
    }

    @Test
    void aRevokedDeviceIsTakenAndOneThatIsBackIsTold() throws Exception {
        UsbStage.Guest guest = guest("mail");
        LentDevice lent = lent(guest, false, guest.id());
        host.unplug("1-2");
        host.plug(FakeHost.stick("1-2", UsbStage.ULTRA, "S"));
        LentDevice again = guest.next(UsbMessage.Again.class).device();
        assertEquals(lent.lease(), again.lease());
        assertNotEquals(lent.id(), again.id(), "it was plugged in anew");
        stage.leases.end(lent.lease(), EndReason.REVOKED);
        assertEquals(lent.lease(), guest.next(UsbMessage.Taken.class).lease());
        stage.assertNothingIsLeft();
    }

    @Test
    void whatAnotherHasIsShownAsLentAndCannotBeHad() throws Exception {
        UsbStage.Guest mail = guest("mail");
        lent(mail, false, mail.id());
        UsbStage.Guest web = guest("web");
        assertEquals(1, web.devices.size(), "who has what is nobody's business");
        long request = web.acquire(false, web.id());
        assertEquals(new UsbMessage.Ended(request, Outcome.DENIED), web.next(UsbMessage.Ended.class));

        host.plug(FakeHost.stick("1-3", UsbStage.ULTRA, "T"));
        web.seek();
        DeviceQuestion question = UsbStage.question(stage.shown());
        assertEquals(
                new DeviceQuestion.State.Impossible(Reason.LENT, "mail"),
                question.devices().getFirst().state());
        assertFalse(question.several());
    }

    @Test
    void whatWasReplacedWhileTheUserLookedIsNotLent() throws Exception {
        UsbStage.Guest guest = guest("mail");
        long request = guest.acquire(false, guest.id());
        ToWindow.Show show = stage.shown();
        host.unplug("1-2");
        host.plug(FakeHost.stick("1-2", UsbStage.ULTRA, "S"));
        stage.agree(show, STOPPED, false);
        assertEquals(new UsbMessage.Ended(request, Outcome.DENIED), guest.next(UsbMessage.Ended.class));
        assertTrue(stage.audit("mail").contains("device-changed"));
        stage.assertNothingIsLeft();
    }

    @Test
    void whatWasMountedWhileTheUserLookedIsNotLent() throws Exception {
        UsbStage.Guest guest = guest("mail");
        guest.acquire(false, guest.id());
        ToWindow.Show show = stage.shown();
        host.change("1-2", device -> FakeHost.with(device, device.number(), List.of("/media/S"), Optional.empty()));
        stage.agree(show, STOPPED, false);
        assertEquals(Outcome.DENIED, guest.next(UsbMessage.Ended.class).outcome());
        stage.assertNothingIsLeft();
    }

    @Test
    void tenThousandRequestsBringUpOneDialog() throws Exception {
        UsbStage.Guest guest = guest("mail");
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
    void moreRequestsAtOnceThanAllowedEndTheConnection() throws Exception {
        host.plug(FakeHost.stick("1-3", UsbStage.ULTRA, "T"));
        UsbStage.Guest guest = guest("mail");
        for (int i = 0; i <= 4 * Limits.OPEN_REQUESTS && guest.channel.connection() != null; i++) {
            try {
                guest.acquire(false, guest.id());
            } catch (IOException e) {
                break;
            }
        }
        // Most are refused at once, as too many wait; what is open stays bounded.
        stage.agree(stage.shown(), STOPPED, false);
        guest.leave();
        stage.assertNothingIsLeft();
    }

    @Test
    void aGuestThatDoesNotReadIsCutOffAndLosesWhatItHad() throws Exception {
        UsbStage.Guest guest = guest("mail");
        lent(guest, false, guest.id());
        for (int i = 0; i < 100_000 && machines.get("mail").holds() > 0; i++) {
            host.plug(FakeHost.stick("1-3", UsbStage.ULTRA, "x".repeat(100)));
            host.unplug("1-3");
        }
        guest.served();
        stage.assertNothingIsLeft();
    }

    @Test
    void aGuestThatWithdrawsTakesItsDialogAway() throws Exception {
        UsbStage.Guest guest = guest("mail");
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
        UsbStage.Guest again = guest("mail");
        again.channel.send(new UsbMessage.Seek(5, false, null, null, 0xff));
        assertEquals(Outcome.DENIED, again.next(UsbMessage.Ended.class).outcome());
        again.channel.send(new UsbMessage.Seek(5, false, null, null, 0xff));
        again.served();
    }

    private MessageChannel connect(String instance) throws IOException {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        Thread.ofPlatform().daemon().start(() -> stage.portal.serve(instance, ends.second()));
        return new MessageChannel(ends.first());
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
        UsbStage.Guest guest = guest("mail");
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

    @Test
    void theUserAttachesWhatAnyRuleFitsAndNothingElse() throws Exception {
        HostDevice manual = host.plug(FakeHost.stick("1-3", HIDDEN, ""));
        UsbDesk desk = stage.portal.desk();
        String lease = desk.attach("mail", manual.identity(), Optional.of(Duration.ofMinutes(5)), false);
        assertEquals(1, machines.get("mail").holds());
        assertEquals(lease, desk.attach("mail", manual.identity(), Optional.empty(), false), "it has it already");
        UsbDesk.Entry entry = desk.devices().get(1);
        assertEquals("mail", entry.holdings().getFirst().instance());
        assertEquals(
                stage.time.now().plusSeconds(300),
                entry.holdings().getFirst().until().orElseThrow());
        assertEquals(UsbMode.MANUAL, entry.permitted().getFirst().mode());

        assertEquals(UsbDesk.Why.NO_RULE, refused("web", manual.identity()));
        assertEquals(UsbDesk.Why.NOT_FOUND, refused("nobody", manual.identity()));
        UsbIdentity stick = host.at("1-2").identity();
        assertEquals(
                UsbDesk.Why.NOT_FOUND, refused("mail", UsbIdentity.of("1-2", 1, 2, "", List.of())), "another is there");
        host.change("1-2", device -> FakeHost.with(device, device.number(), List.of("/media/S"), Optional.empty()));
        assertEquals(UsbDesk.Why.NOT_LENDABLE, refused("web", stick));
        machines.get("web").running = false;
        assertEquals(
                UsbDesk.Why.MACHINE,
                assertThrows(UsbDesk.RefusedException.class, () -> desk.attach("web", stick, Optional.empty(), true))
                        .why());
    }

    private UsbDesk.Why refused(String instance, UsbIdentity device) {
        return assertThrows(
                        UsbDesk.RefusedException.class,
                        () -> stage.portal.desk().attach(instance, device, Optional.empty(), false))
                .why();
    }
}
