// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.spectrum_os.portal.backend.consent.Questions.asker;
import static org.spectrum_os.portal.backend.consent.Questions.chosen;
import static org.spectrum_os.portal.backend.consent.Questions.titled;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.spectrum_os.portal.backend.consent.Decision.Why;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.ToWindow;

class ConsentDeskTest {
    private static final Policy.Timing TIMING = Policy.Timing.DEFAULT;

    private final ConsentWindow window = mock();
    private final FakeTimer timer = new FakeTimer();
    private final List<Decision> decisions = new ArrayList<>();
    private ConsentDesk desk;

    ConsentDeskTest() {
        desk = newDesk();
    }

    private ConsentDesk newDesk() {
        return new ConsentDesk(window, TIMING, "blue heron", timer, Runnable::run);
    }

    @BeforeEach
    void windowIsReady() {
        desk.said(new FromWindow.Ready(1));
    }

    private ConsentDesk.Ticket ask(String instance, String title) {
        return desk.ask(asker(instance), titled(title), decisions::add);
    }

    /** What the window was told, in order. */
    private List<ToWindow> told() throws IOException {
        var messages = ArgumentCaptor.forClass(ToWindow.class);
        verify(window, org.mockito.Mockito.atLeast(0)).tell(messages.capture());
        return messages.getAllValues();
    }

    private String shownTitle() throws IOException {
        return ((FileQuestion) lastShow().question()).title().text();
    }

    private ToWindow.Show lastShow() throws IOException {
        return (ToWindow.Show) told().stream()
                .filter(ToWindow.Show.class::isInstance)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private void user(java.util.function.LongFunction<FromWindow> answer) throws IOException {
        desk.said(answer.apply(lastShow().id()));
    }

    @Test
    void showsTheInstanceAndThePhraseAndRepliesWithTheChoice() throws Exception {
        ask("mail", "Attach");
        ToWindow.Show show = lastShow();
        assertEquals("mail", show.instance().name());
        assertEquals("blue heron", show.phrase());
        assertEquals(List.of(), decisions);
        desk.said(chosen(show.id(), "/a"));
        assertEquals(List.of(new Decision.Allowed(chosen(show.id(), "/a"))), decisions);
        assertEquals(0, timer.alarms());
    }

    @Test
    void oneDialogAtATime() throws Exception {
        ask("mail", "1");
        ask("web", "2");
        assertEquals(1, told().size());
        user(FromWindow.Denied::new);
        assertEquals(2, told().size());
        assertEquals("web", lastShow().instance().name());
    }

    @Test
    void anInstanceCannotHoldTheScreen() throws Exception {
        for (int i = 0; i < 5; i++) {
            ask("mail", "m" + i);
        }
        ask("web", "w");
        user(id -> chosen(id, "/a"));
        assertEquals("web", lastShow().instance().name());
    }

    @Test
    void onlyFourWaitForAnInstance() throws Exception {
        for (int i = 0; i < 6; i++) {
            ask("mail", "m" + i);
        }
        assertEquals(List.of(new Decision.Denied(Why.TOO_MANY)), decisions);
        ask("web", "w");
        assertEquals(1, decisions.size(), "another instance still has its places");
    }

    @Test
    void equalQuestionsShareOneDialogAndOneAnswer() throws Exception {
        ask("mail", "same");
        ask("mail", "same");
        ask("web", "same");
        user(id -> chosen(id, "/a"));
        assertEquals(2, decisions.size());
        assertEquals(decisions.get(0), decisions.get(1));
        assertEquals("web", lastShow().instance().name());
    }

    @Test
    void aMergedDialogStaysWhileOneStillWants() throws Exception {
        var first = ask("mail", "same");
        var second = ask("mail", "same");
        first.withdraw(ToWindow.Reason.WITHDRAWN);
        assertEquals(1, told().size());
        second.withdraw(ToWindow.Reason.WITHDRAWN);
        assertEquals(new ToWindow.Close(1, ToWindow.Reason.WITHDRAWN), told().getLast());
        assertEquals(List.of(), decisions);
    }

    @Test
    void aDenialIsRememberedAndGrows() throws Exception {
        ask("mail", "1");
        user(FromWindow.Denied::new);
        ask("mail", "2, worded differently");
        assertEquals(List.of(new Decision.Denied(Why.BY_USER), new Decision.Denied(Why.REMEMBERED)), decisions);
        timer.pass(Duration.ofSeconds(10));
        ask("mail", "3");
        user(FromWindow.Denied::new);
        timer.pass(Duration.ofSeconds(19));
        ask("mail", "4");
        assertEquals(new Decision.Denied(Why.REMEMBERED), decisions.getLast());
        timer.pass(Duration.ofSeconds(1));
        ask("mail", "5");
        assertEquals("5", shownTitle());
    }

    @Test
    void stoppingWipesNoDenial() throws Exception {
        ask("mail", "1");
        user(FromWindow.Denied::new);
        desk.instanceStopped("mail");
        ask("mail", "2");
        assertEquals(new Decision.Denied(Why.REMEMBERED), decisions.getLast());
    }

    @Test
    void theMemoryNeverExceedsItsBound() throws Exception {
        for (int i = 0; i < 12; i++) {
            timer.pass(TIMING.denialMemoryMost());
            ask("mail", "q" + i);
            user(FromWindow.Denied::new);
        }
        timer.pass(TIMING.denialMemoryMost());
        ask("mail", "last");
        assertEquals("last", shownTitle());
    }

    @Test
    void anAllowanceWipesTheMemory() throws Exception {
        ask("mail", "1");
        user(FromWindow.Denied::new);
        timer.pass(Duration.ofSeconds(10));
        ask("mail", "2");
        user(id -> chosen(id, "/a"));
        ask("mail", "3");
        user(FromWindow.Denied::new);
        timer.pass(Duration.ofSeconds(10));
        ask("mail", "4");
        assertEquals("4", shownTitle());
    }

    @Test
    void aDenialAnswersWhatWaitsOfThatInstance() throws Exception {
        ask("mail", "1");
        ask("mail", "2");
        ask("web", "3");
        user(FromWindow.Denied::new);
        assertEquals(List.of(new Decision.Denied(Why.BY_USER), new Decision.Denied(Why.REMEMBERED)), decisions);
        assertEquals("web", lastShow().instance().name());
    }

    @Test
    void aBlockedInstanceIsNotHeardUntilItIsUnblocked() throws Exception {
        ask("mail", "1");
        ask("mail", "2");
        user(FromWindow.Blocked::new);
        timer.pass(Duration.ofDays(1));
        ask("mail", "3");
        assertEquals(
                List.of(
                        new Decision.Denied(Why.BLOCKING),
                        new Decision.Denied(Why.BLOCKED),
                        new Decision.Denied(Why.BLOCKED)),
                decisions);
        assertTrue(desk.isBlocked("mail"));
        desk.instanceStopped("mail");
        assertTrue(desk.isBlocked("mail"), "the guest decides when it counts as stopped");
        assertFalse(desk.unblock("web"));
        assertTrue(desk.unblock("mail"));
        assertFalse(desk.unblock("mail"));
        assertFalse(desk.isBlocked("mail"));
        ask("mail", "4");
        assertEquals("4", shownTitle());
    }

    @Test
    void silenceExpires() throws Exception {
        ask("mail", "1");
        ask("web", "2");
        desk.said(new FromWindow.Mapped(1));
        timer.pass(TIMING.answerWithin().minusMillis(1));
        assertEquals(List.of(), decisions);
        timer.pass(Duration.ofMillis(1));
        assertEquals(List.of(new Decision.Expired()), decisions);
        assertEquals(new ToWindow.Close(1, ToWindow.Reason.EXPIRED), told().get(1));
        assertEquals("web", lastShow().instance().name());
        timer.pass(TIMING.answerWithin().minusMillis(1));
        assertEquals(1, decisions.size(), "the second had the whole time for itself");
    }

    @Test
    void anAnswerThatCrossesTheEndChangesNothing() throws Exception {
        ask("mail", "1").withdraw(ToWindow.Reason.VM_STOPPED);
        desk.said(chosen(1, "/a"));
        assertEquals(List.of(), decisions);
    }

    @Test
    void anAnswerToAnotherDialogChangesNothing() throws Exception {
        ask("mail", "1");
        desk.said(chosen(99, "/a"));
        assertEquals(List.of(), decisions);
    }

    @Test
    void aLostWindowMeansNo() throws Exception {
        ask("mail", "1");
        ask("web", "2");
        desk.lost("killed");
        assertEquals(List.of(new Decision.Denied(Why.WINDOW_LOST)), decisions);
        assertEquals(1, told().size(), "the second waits for the next window");
        desk.said(new FromWindow.Ready(1));
        assertEquals("web", lastShow().instance().name());
    }

    @Test
    void aLostWindowIsNotHeldAgainstTheInstance() throws Exception {
        ask("mail", "1");
        desk.lost("killed");
        desk.said(new FromWindow.Ready(1));
        ask("mail", "2");
        assertEquals("2", shownTitle());
    }

    @Test
    void whatWaitsForAWindowThatNeverComesIsDenied() {
        desk.lost("killed");
        ask("mail", "1");
        timer.pass(ConsentDesk.WINDOW_WAIT);
        assertEquals(List.of(new Decision.Denied(Why.WINDOW_LOST)), decisions);
        assertEquals(0, timer.alarms());
    }

    @Test
    void aWindowThatCannotBeToldMeansNo() throws Exception {
        doThrow(new IOException("gone")).when(window).tell(any());
        ask("mail", "1");
        assertEquals(List.of(new Decision.Denied(Why.WINDOW_LOST)), decisions);
    }

    @Test
    void aWindowThatDoesNotDrawIsEnded() {
        ask("mail", "1");
        timer.pass(Screen.MAP_WAIT);
        verify(window).restart(any());
    }

    @Test
    void aWindowThatDrawsIsLeftAlone() throws Exception {
        ask("mail", "1");
        desk.said(new FromWindow.Mapped(lastShow().id()));
        timer.pass(Screen.MAP_WAIT);
        verify(window, never()).restart(any());
    }

    @Test
    void anAnswerThatWasNotAskedForMeansNo() throws Exception {
        ask("mail", "one file only");
        desk.said(chosen(lastShow().id(), "/a", "/b"));
        assertEquals(List.of(new Decision.Denied(Why.WINDOW_LOST)), decisions);
    }

    @Test
    void aStoppedInstanceIsCancelledEverywhere() throws Exception {
        ask("mail", "1");
        ask("mail", "2");
        desk.instanceStopped("mail");
        assertEquals(List.of(new Decision.Cancelled(), new Decision.Cancelled()), decisions);
        assertEquals(new ToWindow.Close(1, ToWindow.Reason.VM_STOPPED), told().getLast());
    }

    /** Any order of events: one reply for a ticket at most, one dialog on screen at most, yes only from the user. */
    @Test
    void noOrderOfEventsBreaksTheRules() throws Exception {
        for (int seed = 0; seed < 400; seed++) {
            runRandomly(new Random(seed));
        }
    }

    private void runRandomly(Random random) throws IOException {
        var screen = new RecordingWindow();
        var randomDesk = new ConsentDesk(screen, TIMING, null, timer, Runnable::run);
        var tickets = new ArrayList<ConsentDesk.Ticket>();
        var replies = new ArrayList<Integer>();
        int[] allowed = {0};
        int userAllowed = 0;
        for (int step = 0; step < 80; step++) {
            switch (random.nextInt(9)) {
                case 0, 1, 2 -> {
                    int ticket = tickets.size();
                    replies.add(0);
                    tickets.add(randomDesk.ask(
                            asker("vm" + random.nextInt(3)), titled("t" + random.nextInt(3)), decision -> {
                                replies.set(ticket, replies.get(ticket) + 1);
                                allowed[0] += decision instanceof Decision.Allowed ? 1 : 0;
                            }));
                }
                case 3 -> {
                    if (!tickets.isEmpty()) {
                        tickets.get(random.nextInt(tickets.size())).withdraw(ToWindow.Reason.WITHDRAWN);
                    }
                }
                case 4 -> timer.pass(Duration.ofSeconds(random.nextInt(200)));
                case 5 -> randomDesk.lost("random");
                case 6 -> {
                    screen.shown = 0;
                    randomDesk.said(new FromWindow.Ready(1));
                }
                case 7 -> randomDesk.instanceStopped("vm" + random.nextInt(3));
                default -> {
                    long id = screen.shown;
                    if (id != 0) {
                        screen.shown = 0;
                        int before = allowed[0];
                        boolean yes = random.nextBoolean();
                        randomDesk.said(yes ? chosen(id, "/a") : new FromWindow.Denied(id));
                        userAllowed += yes ? 1 : 0;
                        assertTrue(yes || allowed[0] == before);
                    }
                }
            }
            assertTrue(replies.stream().allMatch(count -> count <= 1), "one reply for a ticket");
        }
        assertTrue(userAllowed > 0 || allowed[0] == 0, "nobody allowed it");
    }

    private static final class RecordingWindow implements ConsentWindow {
        private long shown;

        @Override
        public void tell(ToWindow message) {
            switch (message) {
                case ToWindow.Show show -> {
                    assertEquals(0, shown, "two dialogs at once");
                    shown = show.id();
                }
                case ToWindow.Close close -> {
                    assertInstanceOf(Long.class, close.id());
                    shown = 0;
                }
            }
        }

        @Override
        public void restart(String why) {
            shown = 0;
        }
    }
}
