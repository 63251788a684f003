// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.consent.Asker;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.consent.DecisionLog;
import org.spectrum_os.portal.backend.lease.Grant;
import org.spectrum_os.portal.backend.lease.KeyLoan;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.AgainRule;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;
import org.spectrum_os.portal.store.lease.Lease;

/**
 * Whether one operation may be: by the user's word now, or by what the user has allowed before. Operations of one instance come one after the
 * other, from the question to the result, in the order in which they were asked for. Blocks for as long as a person takes. Thread-safe.
 */
final class KeyConsent {
    private static final System.Logger LOG = System.getLogger(KeyConsent.class.getName());

    private final ConsentDesk desk;
    private final LeaseTable leases;
    private final AuditBook audit;
    private final DecisionLog log;
    private final InstantSource clock;
    private final Function<String, Optional<Instance>> current;
    private final Turns turns = new Turns();
    private final AtomicLong requests = new AtomicLong();

    /**
     * @param current an instance as the policy in force declares it; empty if it does not
     */
    KeyConsent(
            ConsentDesk desk,
            LeaseTable leases,
            AuditBook audit,
            InstantSource clock,
            Function<String, Optional<Instance>> current) {
        this.desk = desk;
        this.leases = leases;
        this.audit = audit;
        this.log = new DecisionLog(audit);
        this.clock = clock;
        this.current = current;
    }

    /** The operation may be carried out, now, once. To be closed when it has been. */
    final class Permit implements AutoCloseable {
        private final Turns.Turn turn;
        private final AuditEvent.KeyUsed used;

        private Permit(Turns.Turn turn, AuditEvent.KeyUsed used) {
            this.turn = turn;
            this.used = used;
        }

        /**
         * Writes down that the key is used. To be called before anything of the result leaves this host.
         *
         * @throws RefusedException if it cannot be written; then nothing may leave
         */
        void record() throws RefusedException {
            try {
                audit.write(used);
            } catch (IOException e) {
                LOG.log(WARNING, "{0} is refused the use of a key: {1}", used.instance(), e.getMessage());
                throw new RefusedException(Decision.Why.NOT_RECORDED);
            }
        }

        @Override
        public void close() {
            turn.close();
        }
    }

    /**
     * Waits for the instance's turn and for the user.
     *
     * @param abort makes it give up when the guest is gone
     * @throws RefusedException if the answer is no
     */
    Permit obtain(String name, KeyRequest request, Abort abort) throws RefusedException, InterruptedException {
        String number = "key-" + requests.incrementAndGet();
        Turns.Turn turn = turns.take(name, abort).orElse(null);
        if (turn == null) {
            throw new RefusedException(new Decision.Cancelled());
        }
        try {
            audit.writeWithinBudget(new AuditEvent.Requested(name, number, request.kind(), request.claim()));
            decide(name, number, request, abort);
            return new Permit(
                    turn,
                    new AuditEvent.KeyUsed(name, number, request.key().fingerprint(), request.kind(), request.claim()));
        } catch (RefusedException e) {
            turn.close();
            log.refused(name, number, e.decision());
            throw e;
        } catch (IOException e) {
            turn.close();
            LOG.log(WARNING, "{0} is refused the use of a key: {1}", name, e.getMessage());
            throw new RefusedException(Decision.Why.NOT_RECORDED);
        } catch (InterruptedException | RuntimeException e) {
            turn.close();
            throw e;
        }
    }

    private void decide(String name, String number, KeyRequest request, Abort abort)
            throws RefusedException, IOException, InterruptedException {
        Instance instance = entitled(name, request);
        if (desk.isBlocked(name)) {
            throw new RefusedException(Decision.Why.BLOCKED);
        }
        Optional<Lease> before = inForce(name, request);
        if (before.isPresent() && leases.spend(before.get().name())) {
            allowed(name, number, "lease " + before.get().name());
            return;
        }
        var answer = ask(name, instance, request, abort);
        // The policy may have changed while the user was reading.
        entitled(name, request);
        allowed(name, number, null);
        if (answer.again()) {
            lend(name, number, request);
        }
    }

    /** The instance, if its policy still has this very rule. */
    private Instance entitled(String name, KeyRequest request) throws RefusedException {
        return current.apply(name)
                .filter(instance -> instance.keys().contains(request.rule())
                        && request.rule().asks(request.use()))
                .orElseThrow(() -> new RefusedException(Decision.Why.BY_POLICY));
    }

    private Optional<Lease> inForce(String name, KeyRequest request) {
        return leases.list().stream()
                .filter(lease -> lease.owner().equals(name)
                        && KeyLoan.of(lease.resource())
                                .filter(request.loan()::equals)
                                .isPresent())
                .findFirst();
    }

    private FromWindow.Agreed ask(String name, Instance instance, KeyRequest request, Abort abort)
            throws RefusedException, InterruptedException {
        var decided = new CompletableFuture<Decision>();
        var question = new KeyQuestion(request.operation(), request.key(), request.subject(), offered(request));
        var asker = new Asker(name, new InstanceLabel(name, instance.colour().hex()));
        ConsentDesk.Ticket ticket = desk.ask(asker, question, decided::complete);
        try (var _ = abort.on(() -> {
            ticket.withdraw(ToWindow.Reason.WITHDRAWN);
            decided.complete(new Decision.Cancelled());
        })) {
            return switch (decided.get()) {
                case Decision.Allowed(FromWindow.Agreed agreed) -> agreed;
                case Decision.Allowed(FromWindow.Chosen _), Decision.Allowed(FromWindow.Picked _) ->
                    throw new RefusedException(Decision.Why.WINDOW_LOST);
                case Decision.Refused refused -> throw new RefusedException(refused);
            };
        } catch (ExecutionException e) {
            throw new IllegalStateException("a decision is never a failure", e);
        } catch (InterruptedException e) {
            ticket.withdraw(ToWindow.Reason.REVOKED);
            throw e;
        }
    }

    private static KeyQuestion.@Nullable Again offered(KeyRequest request) {
        // Whoever may certify is asked each time.
        return request.rule()
                .again()
                .filter(_ -> request.use() != KeyUse.CERTIFY)
                .map(again -> switch (again) {
                    case AgainRule.Uses(int most) -> new KeyQuestion.Again(most, 0);
                    case AgainRule.For(var time) -> new KeyQuestion.Again(0, (int) time.toSeconds());
                })
                .orElse(null);
    }

    /** Before anything is done: what cannot be written down is not done. */
    private void allowed(String name, String number, @Nullable String why) throws IOException {
        audit.write(new AuditEvent.Decided(name, number, "allowed", why));
    }

    /** The user was asked for one operation and for more; that the more cannot be had does not take back the one. */
    private void lend(String name, String number, KeyRequest request) {
        AgainRule again = request.rule().again().orElseThrow();
        End end = switch (again) {
            case AgainRule.Uses(int most) -> new End.Uses(most);
            case AgainRule.For(var time) -> new End.At(clock.instant().plus(time));
        };
        try {
            var _ = leases.grant(
                    new Grant(name, request.loan(), List.of(request.use().word()), request.claim(), number, end),
                    lease -> {});
        } catch (IOException e) {
            LOG.log(WARNING, "{0} will be asked each time all the same: {1}", name, e.getMessage());
        }
    }
}
