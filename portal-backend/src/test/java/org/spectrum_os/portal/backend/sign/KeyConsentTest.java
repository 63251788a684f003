// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.ConsentWindow;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.consent.Timer;
import org.spectrum_os.portal.backend.lease.Effect;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.AgainRule;
import org.spectrum_os.portal.backend.policy.Colour;
import org.spectrum_os.portal.backend.policy.GuestUser;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.KeyName;
import org.spectrum_os.portal.backend.policy.KeyPlace;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.Rule;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.MachineTime;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Leases;

/** The user's word for each operation, and what the user may say besides; the window is a queue that the test answers. */
@Timeout(60)
class KeyConsentTest {
    private static final String FINGERPRINT = "A".repeat(40);
    private static final long SOON = 20;

    @TempDir
    Path folder;

    private final BlockingQueue<ToWindow> told = new LinkedBlockingQueue<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Instance> policy = new HashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private ConsentDesk desk;
    private LeaseTable leases;
    private AuditBook audit;
    private KeyConsent consent;

    @BeforeEach
    void putTogether() throws Exception {
        desk = new ConsentDesk(
                new ConsentWindow() {
                    @Override
                    public void tell(ToWindow message) {
                        told.add(message);
                    }

                    @Override
                    public void restart(String why) {}
                },
                Policy.Timing.DEFAULT,
                null,
                Timer.of(scheduler),
                executor);
        desk.said(new FromWindow.Ready(FromWindow.VERSION));
        var time = new MachineTime(scheduler);
        audit = AuditBook.open(folder, InstantSource.system());
        open.add(audit);
        Leases store = Leases.open(folder, List.of("mail"), time);
        open.add(store);
        leases = new LeaseTable(
                store,
                audit,
                new Effect() {
                    @Override
                    public void end(Lease lease) {}

                    @Override
                    public HostEntries restore(Lease lease) {
                        throw new IllegalStateException("no key is restored");
                    }
                },
                lease -> true,
                executor,
                time);
        open.add(leases);
        consent = new KeyConsent(desk, leases, audit, time::now, name -> Optional.ofNullable(policy.get(name)));
    }

    @AfterEach
    void takeApart() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        executor.shutdownNow();
        scheduler.shutdownNow();
    }

    private static KeyRule rule(@Nullable AgainRule again, KeyUse... uses) {
        return new KeyRule(
                new KeyName.Gpg(FINGERPRINT),
                new KeyPlace.GnupgHome(Optional.empty()),
                Set.of(uses),
                false,
                Optional.ofNullable(again));
    }

    private void allow(KeyRule rule) {
        policy.put(
                "mail",
                new Instance(
                        "mail",
                        new Colour("#1a5fb4"),
                        new LinkAddress.Vsock(12),
                        Rule.DENY,
                        Instance.Terms.DEFAULT,
                        GuestUser.DEFAULT,
                        List.of(),
                        Optional.empty(),
                        false,
                        List.of(rule),
                        false,
                        Optional.empty(),
                        List.of()));
    }

    private static KeyRequest hash(KeyRule rule) {
        return new KeyRequest(
                rule,
                KeyUse.SIGN,
                new KeyQuestion.Key(new ClaimedText("Ada", false), FINGERPRINT, null, null),
                new KeyQuestion.Subject.UnseenHash("SHA-256", "0".repeat(64)),
                "unseen");
    }

    private static KeyRequest content(KeyRule rule) {
        return new KeyRequest(
                rule,
                KeyUse.SIGN,
                new KeyQuestion.Key(new ClaimedText("Ada", false), FINGERPRINT, null, null),
                new KeyQuestion.Subject.Content(1, "0".repeat(64), new ContentView.Data(null, "00"), null, null),
                "seen");
    }

    /** The permit, given back at once; or the refusal. */
    private CompletableFuture<Void> ask(KeyRequest request, Abort abort) {
        var result = new CompletableFuture<Void>();
        executor.execute(() -> {
            try (var permit = consent.obtain("mail", request, abort)) {
                permit.record();
                result.complete(null);
            } catch (RefusedException | InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private ToWindow.Show shown() throws Exception {
        return assertInstanceOf(ToWindow.Show.class, told.poll(SOON, TimeUnit.SECONDS));
    }

    private static void granted(CompletableFuture<Void> asked) throws Exception {
        asked.get(SOON, TimeUnit.SECONDS);
    }

    private static Decision.Refused refusal(CompletableFuture<Void> asked) {
        var why = assertThrows(ExecutionException.class, () -> asked.get(SOON, TimeUnit.SECONDS));
        return assertInstanceOf(RefusedException.class, why.getCause()).decision();
    }

    private String log() throws Exception {
        return Files.readString(folder.resolve("mail/audit.jsonl"));
    }

    @Test
    void eachOperationIsAskedForAndIsOnRecord() throws Exception {
        KeyRule rule = rule(null, KeyUse.SIGN);
        allow(rule);
        var first = ask(hash(rule), new Abort());
        var show = shown();
        assertNull(assertInstanceOf(KeyQuestion.class, show.question()).again());
        desk.said(new FromWindow.Agreed(show.id(), false));
        granted(first);
        assertTrue(log().contains("\"event\":\"key-used\""), log());
        var second = ask(hash(rule), new Abort());
        desk.said(new FromWindow.Denied(shown().id()));
        assertEquals(new Decision.Denied(Decision.Why.BY_USER), refusal(second));
        var third = ask(hash(rule), new Abort());
        assertEquals(new Decision.Denied(Decision.Why.REMEMBERED), refusal(third), "not asked again at once");
        assertTrue(told.isEmpty());
    }

    @Test
    void whatCannotBeWrittenDownIsNotDone() throws Exception {
        KeyRule rule = rule(null, KeyUse.SIGN);
        allow(rule);
        var permits = new CompletableFuture<KeyConsent.Permit>();
        executor.execute(() -> {
            try {
                permits.complete(consent.obtain("mail", hash(rule), new Abort()));
            } catch (RefusedException | InterruptedException | RuntimeException e) {
                permits.completeExceptionally(e);
            }
        });
        desk.said(new FromWindow.Agreed(shown().id(), false));
        try (var permit = permits.get(SOON, TimeUnit.SECONDS)) {
            audit.close();
            assertEquals(
                    new Decision.Denied(Decision.Why.NOT_RECORDED),
                    assertThrows(RefusedException.class, permit::record).decision());
        }
        assertFalse(log().contains("key-used"), log());
        assertEquals(new Decision.Denied(Decision.Why.NOT_RECORDED), refusal(ask(hash(rule), new Abort())));
        assertTrue(told.isEmpty(), "nobody is asked either");
    }

    @Test
    void oneQuestionAtATimeAndNoneIsLost() throws Exception {
        KeyRule rule = rule(null, KeyUse.SIGN);
        allow(rule);
        var asked = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < 30; i++) {
            asked.add(ask(hash(rule), new Abort()));
        }
        for (int i = 0; i < 30; i++) {
            var show = shown();
            assertNull(told.poll(), "the next is asked when this one is over");
            desk.said(new FromWindow.Agreed(show.id(), false));
        }
        for (var one : asked) {
            granted(one);
        }
    }

    @Test
    void whatIsNotOfferedCannotBeAgreedTo() throws Exception {
        KeyRule rule = rule(null, KeyUse.SIGN);
        allow(rule);
        var asked = ask(hash(rule), new Abort());
        desk.said(new FromWindow.Agreed(shown().id(), true));
        assertEquals(new Decision.Denied(Decision.Why.WINDOW_LOST), refusal(asked));
    }

    @Test
    void againCountsAndIsUsedUp() throws Exception {
        KeyRule rule = rule(new AgainRule.Uses(2), KeyUse.SIGN);
        allow(rule);
        var first = ask(hash(rule), new Abort());
        var show = shown();
        assertEquals(
                new KeyQuestion.Again(2, 0),
                assertInstanceOf(KeyQuestion.class, show.question()).again());
        desk.said(new FromWindow.Agreed(show.id(), true));
        granted(first);
        assertEquals(1, leases.list().size());
        granted(ask(hash(rule), new Abort()));
        granted(ask(hash(rule), new Abort()));
        assertTrue(told.isEmpty(), "nobody was asked");
        var fourth = ask(hash(rule), new Abort());
        desk.said(new FromWindow.Denied(shown().id()));
        assertEquals(new Decision.Denied(Decision.Why.BY_USER), refusal(fourth));
    }

    @Test
    void againIsForWhatWasSeenOrForWhatWasNot() throws Exception {
        KeyRule rule = rule(new AgainRule.For(Duration.ofMinutes(10)), KeyUse.SIGN);
        allow(rule);
        var first = ask(content(rule), new Abort());
        desk.said(new FromWindow.Agreed(shown().id(), true));
        granted(first);
        granted(ask(content(rule), new Abort()));
        var unseen = ask(hash(rule), new Abort());
        desk.said(new FromWindow.Denied(shown().id()));
        assertEquals(new Decision.Denied(Decision.Why.BY_USER), refusal(unseen));
    }

    @Test
    void aRevokedAgainIsAskedAnew() throws Exception {
        KeyRule rule = rule(new AgainRule.Uses(100), KeyUse.SIGN);
        allow(rule);
        var first = ask(hash(rule), new Abort());
        desk.said(new FromWindow.Agreed(shown().id(), true));
        granted(first);
        leases.end(leases.list().getFirst().name(), EndReason.REVOKED);
        var next = ask(hash(rule), new Abort());
        desk.said(new FromWindow.Agreed(shown().id(), false));
        granted(next);
    }

    @Test
    void againEndsWithTheVm() throws Exception {
        KeyRule rule = rule(new AgainRule.For(Duration.ofHours(1)), KeyUse.SIGN);
        allow(rule);
        var first = ask(hash(rule), new Abort());
        desk.said(new FromWindow.Agreed(shown().id(), true));
        granted(first);
        leases.instanceStopped("mail");
        assertEquals(List.of(), leases.list());
    }

    @Test
    void aBlockHoldsAgainstWhatWasAgreedBefore() throws Exception {
        KeyRule rule = rule(new AgainRule.Uses(100), KeyUse.SIGN);
        allow(rule);
        var first = ask(hash(rule), new Abort());
        desk.said(new FromWindow.Agreed(shown().id(), true));
        granted(first);
        var other = ask(content(rule), new Abort());
        desk.said(new FromWindow.Blocked(shown().id()));
        assertEquals(new Decision.Denied(Decision.Why.BLOCKING), refusal(other));
        assertEquals(new Decision.Denied(Decision.Why.BLOCKED), refusal(ask(hash(rule), new Abort())));
    }

    @Test
    void aGuestThatLeavesTakesItsQuestionAway() throws Exception {
        KeyRule rule = rule(null, KeyUse.SIGN);
        allow(rule);
        var abort = new Abort();
        var asked = ask(hash(rule), abort);
        var show = shown();
        var behind = new Abort();
        var waiting = ask(hash(rule), behind);
        abort.abort();
        assertInstanceOf(Decision.Cancelled.class, refusal(asked));
        assertEquals(new ToWindow.Close(show.id(), ToWindow.Reason.WITHDRAWN), told.poll(SOON, TimeUnit.SECONDS));
        shown();
        behind.abort();
        assertInstanceOf(Decision.Cancelled.class, refusal(waiting));
    }

    @Test
    void thePolicyMayChangeWhileTheUserReads() throws Exception {
        KeyRule rule = rule(null, KeyUse.SIGN);
        allow(rule);
        var asked = ask(hash(rule), new Abort());
        var show = shown();
        allow(rule(null, KeyUse.DECRYPT));
        desk.said(new FromWindow.Agreed(show.id(), false));
        assertEquals(new Decision.Denied(Decision.Why.BY_POLICY), refusal(asked));
        policy.clear();
        assertEquals(new Decision.Denied(Decision.Why.BY_POLICY), refusal(ask(hash(rule), new Abort())));
        assertFalse(log().contains("key-used"));
    }
}
