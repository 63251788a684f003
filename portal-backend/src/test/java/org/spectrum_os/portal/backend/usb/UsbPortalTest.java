// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.UsbMessage;
import org.spectrum_os.portal.store.EndReason;

/** What guests see, ask for and get, by the wire's own words. */
@Timeout(120)
class UsbPortalTest extends GuestsOnStage {
    @Test
    void aGuestSeesWhatItMayAskForUnderNamesThatSayNothing() throws Exception {
        host.plug(FakeHost.stick("1-3", HIDDEN, ""));
        host.plug(FakeHost.stick("1-4", 0x3333, ""));
        host.plug(FakeHost.with(FakeHost.stick("1-5", UsbStage.ULTRA, ""), 0, List.of(), Optional.of(Reason.HUB)));
        UsbGuest one = guest("mail");
        UsbGuest other = guest("mail");
        assertEquals(1, one.devices.size());
        assertEquals(UsbStage.ULTRA, one.devices.getFirst().product());
        assertNotEquals(one.id(), other.id());
        assertEquals(16, one.id().length());
    }

    @Test
    void aGuestHearsOfEveryChange() throws Exception {
        UsbGuest guest = guest("mail");
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
        UsbGuest guest = guest("mail");
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
        UsbGuest guest = guest("mail");
        lent(guest, false, guest.devices.get(0).id());
        LentDevice kept = lent(guest, true, guest.devices.get(1).id());
        assertEquals(2, FakeMachine.of(machines, "mail").holds());
        guest.leave();
        assertEquals(1, FakeMachine.of(machines, "mail").holds());

        UsbGuest later = guest("mail");
        later.channel.send(new UsbMessage.Release(kept.lease()));
        assertEquals(kept.lease(), later.next(UsbMessage.Taken.class).lease());
        stage.assertNothingIsLeft();
    }

    @Test
    void aGuestCannotReleaseWhatAnotherHas() throws Exception {
        UsbGuest mail = guest("mail");
        UsbGuest web = guest("web");
        LentDevice lent = lent(mail, false, mail.id());
        web.channel.send(new UsbMessage.Release(lent.lease()));
        web.channel.send(new UsbMessage.Release("there-is-no-such-lease"));
        // The first that is said after both is the answer to what was asked after both.
        long request = web.acquire(false, "0123456789abcdef");
        assertEquals(new UsbMessage.Ended(request, Outcome.DENIED), web.next());
        assertEquals(1, FakeMachine.of(machines, "mail").holds());
    }

    @Test
    void aGuestThatHasADeviceGetsItAgainWithoutAQuestion() throws Exception {
        UsbGuest one = guest("mail");
        UsbGuest other = guest("mail");
        LentDevice first = lent(one, false, one.id());
        other.acquire(false, other.id());
        LentDevice second = other.next(UsbMessage.Granted.class).devices().getFirst();
        assertEquals(first.lease(), second.lease());
        one.leave();
        assertEquals(1, FakeMachine.of(machines, "mail").holds(), "the other has it still");
        other.leave();
        stage.assertNothingIsLeft();
    }

    @Test
    void aDeviceThatWasGrantedTwiceIsGivenBackTwice() throws Exception {
        UsbGuest guest = guest("mail");
        LentDevice first = lent(guest, false, guest.id());
        guest.acquire(false, guest.id());
        guest.next(UsbMessage.Granted.class);
        guest.channel.send(new UsbMessage.Release(first.lease()));
        // What is asked for next is answered after that has been heard.
        guest.acquire(false, guest.id());
        guest.next(UsbMessage.Granted.class);
        assertEquals(1, FakeMachine.of(machines, "mail").holds(), "it has it still, twice");
        guest.channel.send(new UsbMessage.Release(first.lease()));
        guest.channel.send(new UsbMessage.Release(first.lease()));
        assertEquals(first.lease(), guest.next(UsbMessage.Taken.class).lease());
        stage.assertNothingIsLeft();
    }

    @Test
    void aRevokedDeviceIsTakenAndOneThatIsBackIsTold() throws Exception {
        UsbGuest guest = guest("mail");
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
        UsbGuest mail = guest("mail");
        lent(mail, false, mail.id());
        UsbGuest web = guest("web");
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
        UsbGuest guest = guest("mail");
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
    void aDialogWhoseDevicesHaveGoneCloses() throws Exception {
        host.plug(FakeHost.stick("1-3", UsbStage.ULTRA, "T"));
        UsbGuest guest = guest("mail");
        long request = guest.acquire(
                false, guest.devices.get(0).id(), guest.devices.get(1).id());
        ToWindow.Show show = stage.shown();
        host.unplug("1-2");
        assertTrue(stage.told.stream().noneMatch(ToWindow.Close.class::isInstance), "one is left");
        host.unplug("1-3");
        assertEquals(
                show.id(),
                assertInstanceOf(ToWindow.Close.class, stage.told.poll()).id());
        assertEquals(new UsbMessage.Ended(request, Outcome.DENIED), guest.next(UsbMessage.Ended.class));
        stage.assertNothingIsLeft();
    }

    @Test
    void whatWasMountedWhileTheUserLookedIsNotLent() throws Exception {
        UsbGuest guest = guest("mail");
        guest.acquire(false, guest.id());
        ToWindow.Show show = stage.shown();
        host.change("1-2", device -> FakeHost.with(device, device.number(), List.of("/media/S"), Optional.empty()));
        stage.agree(show, STOPPED, false);
        assertEquals(Outcome.DENIED, guest.next(UsbMessage.Ended.class).outcome());
        stage.assertNothingIsLeft();
    }

    @Test
    void theUserAttachesWhatAnyRuleFitsAndNothingElse() throws Exception {
        HostDevice manual = host.plug(FakeHost.stick("1-3", HIDDEN, ""));
        UsbDesk desk = stage.portal.desk();
        String lease = desk.attach("mail", manual.identity(), Optional.of(Duration.ofMinutes(5)), false);
        assertEquals(1, FakeMachine.of(machines, "mail").holds());
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
        FakeMachine.of(machines, "web").running = false;
        assertEquals(
                UsbDesk.Why.MACHINE,
                assertThrows(UsbDesk.RefusedException.class, () -> desk.attach("web", stick, Optional.empty(), true))
                        .why());
    }

    @Test
    void whereNoMonitorIsNamedTheUserIsToldWhatToWrite() throws Exception {
        Instance of = UsbStage.instance("web");
        stage.reload(UsbStage.policy(new Instance(
                of.name(),
                of.colour(),
                of.link(),
                of.file(),
                of.terms(),
                of.user(),
                of.files(),
                of.tree(),
                of.serves(),
                of.keys(),
                of.vault(),
                Optional.empty(),
                List.of())));
        UsbIdentity stick = host.at("1-2").identity();
        var refusal = assertThrows(
                UsbDesk.RefusedException.class,
                () -> stage.portal.desk().attach("web", stick, Optional.empty(), false));
        assertEquals(UsbDesk.Why.NO_RULE, refusal.why());
        assertTrue(String.valueOf(refusal.getMessage()).contains("\"machine\": {\"crosvm\": \"/path/of/socket\"}"));
    }

    private UsbDesk.Why refused(String instance, UsbIdentity device) {
        return assertThrows(
                        UsbDesk.RefusedException.class,
                        () -> stage.portal.desk().attach(instance, device, Optional.empty(), false))
                .why();
    }
}
