// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.spectrum_os.portal.backend.consent.Asker;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.consent.DecisionLog;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Rule;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;

/**
 * The file chooser of the instances: asks the user which files or folders, and lends exactly those. Thread-safe; replies come on the
 * consent desk's executor and may block there.
 */
public final class FilePortal {
    private static final System.Logger LOG = System.getLogger(FilePortal.class.getName());

    private final ConsentDesk desk;
    private final FileLending lending;
    private final LogBudget lines = new LogBudget();
    private final AuditBook audit;
    private final DecisionLog log;
    private final Loans loans;
    private final Function<String, Optional<Instance>> current;
    private final AtomicLong requests = new AtomicLong();

    /**
     * @param current an instance as the policy in force declares it; empty if it does not
     */
    public FilePortal(
            ConsentDesk desk,
            LeaseTable leases,
            FileLending lending,
            AuditBook audit,
            InstantSource clock,
            Function<String, Optional<Instance>> current) {
        this.desk = desk;
        this.lending = lending;
        this.audit = audit;
        this.log = new DecisionLog(audit);
        this.loans = new Loans(leases, lending, audit, clock);
        this.current = current;
    }

    /** A request that can be withdrawn. */
    @FunctionalInterface
    public interface Pending {
        /** Takes the dialog away. A reply that is on its way already may still come. */
        void withdraw(ToWindow.Reason reason);
    }

    /**
     * Asks on behalf of the instance of that name; {@code reply} is called once, unless the request is withdrawn before. It tells in
     * time whether the guest was told: what a guest does not know of is not lent.
     */
    public Pending ask(String name, FileAsk ask, Function<FileReply, CompletionStage<Boolean>> reply) {
        String request = Long.toString(requests.incrementAndGet());
        Consumer<Decision.Refused> refuse = decision -> {
            var _ = reply.apply(refused(name, request, decision)).thenAccept(told -> {
                if (!told) {
                    LOG.log(DEBUG, "{0} did not wait to hear the refusal", name);
                }
            });
        };
        FileQuestion question;
        Instance instance;
        try {
            question = question(name, request, ask);
            instance = entitled(name);
        } catch (UnaskedException e) {
            refuse.accept(new Decision.Denied(e.why));
            return reason -> {};
        }
        var asker = new Asker(
                name,
                InstanceLabel.vm(
                        name, instance.colour().hex(), LoanTerms.offered(instance.terms(), question.purpose())));
        var ticket = desk.ask(asker, question, decision -> {
            switch (decision) {
                case Decision.Allowed(FromWindow.Chosen answer) ->
                    carryOut(name, request, question, answer, reply, refuse);
                case Decision.Allowed(FromWindow.Agreed _), Decision.Allowed(FromWindow.Picked _) ->
                    refuse.accept(new Decision.Denied(Decision.Why.WINDOW_LOST));
                case Decision.Refused refused -> refuse.accept(refused);
            }
        });
        return reason -> {
            ticket.withdraw(reason);
            log.withdrawn(name, request);
        };
    }

    /** The answer is no, and the user is not bothered. */
    private static final class UnaskedException extends Exception {
        private final Decision.Why why;

        UnaskedException(Decision.Why why) {
            this.why = why;
        }
    }

    /** Validates and records a request. */
    private FileQuestion question(String name, String request, FileAsk ask) throws UnaskedException {
        try {
            FileQuestion question = FileQuestions.from(ask);
            audit.writeWithinBudget(new AuditEvent.Requested(
                    name, request, "file", question.title().text()));
            return question;
        } catch (RefusedRequestException e) {
            lines.write(
                    name,
                    name + " asks for files in a way that is not offered: " + e.getMessage(),
                    line -> LOG.log(INFO, line));
            throw new UnaskedException(Decision.Why.NOT_OFFERED);
        } catch (IOException e) {
            LOG.log(WARNING, e.getMessage());
            throw new UnaskedException(Decision.Why.NOT_RECORDED);
        }
    }

    /** The instance, if it may ask and could see what is lent. */
    private Instance entitled(String name) throws UnaskedException {
        Instance instance = current.apply(name).orElse(null);
        if (instance == null || instance.file() == Rule.DENY) {
            throw new UnaskedException(Decision.Why.BY_POLICY);
        }
        if (!lending.isMounted(name)) {
            LOG.log(
                    WARNING,
                    "{0} asks for a file but has not mounted its lent files, so it could not see any: is"
                            + " \"spectrum-agent mount\" run when it boots?",
                    name);
            throw new UnaskedException(Decision.Why.NOT_DELIVERABLE);
        }
        return instance;
    }

    /** The policy may have changed while the user was choosing. */
    private void carryOut(
            String instance,
            String request,
            FileQuestion question,
            FromWindow.Chosen answer,
            Function<FileReply, CompletionStage<Boolean>> reply,
            Consumer<Decision.Refused> refuse) {
        if (current.apply(instance).filter(now -> now.file() == Rule.ASK).isEmpty()) {
            refuse.accept(new Decision.Denied(Decision.Why.BY_POLICY));
            return;
        }
        try {
            loans.lend(instance, request, question, answer, reply);
        } catch (Loans.FailedException e) {
            refuse.accept(new Decision.Denied(e.why()));
        }
    }

    private FileReply refused(String instance, String request, Decision.Refused decision) {
        log.refused(instance, request, decision);
        return new FileReply.Refused(decision);
    }
}
