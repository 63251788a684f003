// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.spectrum_os.portal.backend.consent.Asker;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.lease.Lease;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Rule;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;

/**
 * {@code FileChooser.OpenFile} for the instances: asks the user which files, and lends exactly those. Thread-safe; replies come on the
 * consent desk's executor and may block there.
 */
public final class FilePortal {
    private static final System.Logger LOG = System.getLogger(FilePortal.class.getName());

    private final ConsentDesk desk;
    private final LeaseTable leases;
    private final FileLending lending;
    private final AuditBook audit;
    private final AtomicLong requests = new AtomicLong();

    public FilePortal(ConsentDesk desk, LeaseTable leases, FileLending lending, AuditBook audit) {
        this.desk = desk;
        this.leases = leases;
        this.lending = lending;
        this.audit = audit;
    }

    /** A request that can be withdrawn. */
    @FunctionalInterface
    public interface Pending {
        /** Takes the dialog away. A reply that is on its way already may still come. */
        void withdraw(ToWindow.Reason reason);
    }

    /**
     * Asks on behalf of {@code instance}; {@code reply} is called once, unless the request is withdrawn before. It tells in time
     * whether the guest was told: what a guest does not know of is not lent.
     */
    public Pending openFile(Instance instance, FileRequest ask, Function<FileReply, CompletionStage<Boolean>> reply) {
        String request = Long.toString(requests.incrementAndGet());
        Consumer<Decision.Refused> refuse = decision -> {
            var _ = reply.apply(refused(instance, request, decision)).thenAccept(told -> {
                if (!told) {
                    LOG.log(DEBUG, "{0} did not wait to hear the refusal", instance.name());
                }
            });
        };
        FileQuestion question;
        try {
            question = FileQuestions.from(ask);
            audit.writeWithinBudget(new AuditEvent.Requested(
                    instance.name(), request, "file", question.title().text()));
        } catch (RefusedRequestException e) {
            LOG.log(INFO, "{0} asks for files in a way that is not offered: {1}", instance.name(), e.getMessage());
            refuse.accept(new Decision.Denied(Decision.Why.NOT_OFFERED));
            return reason -> {};
        } catch (IOException e) {
            LOG.log(WARNING, e.getMessage());
            refuse.accept(new Decision.Denied(Decision.Why.NOT_RECORDED));
            return reason -> {};
        }
        if (instance.file() == Rule.DENY) {
            refuse.accept(new Decision.Denied(Decision.Why.BY_POLICY));
            return reason -> {};
        }
        if (!lending.isMounted(instance.name())) {
            LOG.log(
                    WARNING,
                    "{0} asks for a file but has not mounted its lent files, so it could not see any: is"
                            + " \"spectrum-agent mount\" run when it boots?",
                    instance.name());
            refuse.accept(new Decision.Denied(Decision.Why.NOT_DELIVERABLE));
            return reason -> {};
        }
        var asker = new Asker(
                instance.name(),
                new InstanceLabel(instance.name(), instance.colour().hex()));
        var ticket = desk.ask(asker, question, decision -> {
            switch (decision) {
                case Decision.Allowed(var answer) -> lend(instance, request, question, answer, reply, refuse);
                case Decision.Refused refused -> refuse.accept(refused);
            }
        });
        return reason -> {
            ticket.withdraw(reason);
            record(new AuditEvent.Decided(instance.name(), request, "withdrawn", null), false);
        };
    }

    /** All of the chosen files, or none. */
    private void lend(
            Instance instance,
            String request,
            FileQuestion question,
            FromWindow.Chosen answer,
            Function<FileReply, CompletionStage<Boolean>> reply,
            Consumer<Decision.Refused> refuse) {
        var opened = new ArrayList<OpenedFile>();
        Decision.Why failure = Decision.Why.FILE_CHANGED;
        var granted = new ArrayList<Lease>();
        try {
            for (FromWindow.PickedFile picked : answer.files()) {
                opened.add(OpenedFile.of(picked));
            }
            failure = Decision.Why.NOT_RECORDED;
            audit.write(new AuditEvent.Decided(instance.name(), request, "allowed", null));
            failure = Decision.Why.NOT_DELIVERABLE;
            if (!lending.isMounted(instance.name())) {
                throw new IOException("its mount of lent files has gone since it asked");
            }
            if (!answer.fitsTheLink()) {
                throw new IOException("the names of the " + opened.size()
                        + " chosen files are too long for one answer; fewer must be chosen at once");
            }
            for (OpenedFile file : opened) {
                granted.add(leases.grant(
                        instance.name(),
                        file.file(),
                        Lease.Access.READ,
                        question.title().text(),
                        request,
                        lease -> lending.lend(lease, file.descriptor())));
            }
            var _ = reply.apply(lent(granted, answer)).thenAccept(told -> {
                if (!told) {
                    takeBack(granted, Lease.EndReason.UNCLAIMED);
                }
            });
        } catch (IOException e) {
            LOG.log(WARNING, "nothing is lent to {0}: {1}", instance.name(), e.getMessage());
            takeBack(granted, Lease.EndReason.GRANT_FAILED);
            refuse.accept(new Decision.Denied(failure));
        } finally {
            opened.forEach(OpenedFile::close);
        }
    }

    private static FileReply lent(List<Lease> granted, FromWindow.Chosen answer) {
        return new FileReply.Lent(
                granted.stream()
                        .map(lease ->
                                new LentFile(lease.name(), lease.resource().fileName()))
                        .toList(),
                answer.choices().stream()
                        .map(picked -> new ChosenOption(picked.id(), picked.option()))
                        .toList(),
                answer.filter());
    }

    /** Only this request's share: the guest may have been told of one of the leases in answer to another. */
    private void takeBack(List<Lease> granted, Lease.EndReason why) {
        granted.forEach(lease -> leases.giveBack(lease, why));
    }

    private FileReply refused(Instance instance, String request, Decision.Refused decision) {
        var event = new AuditEvent.Decided(
                instance.name(),
                request,
                switch (decision) {
                    case Decision.Denied denied -> "denied";
                    case Decision.Cancelled cancelled -> "cancelled";
                    case Decision.Expired expired -> "expired";
                },
                decision.why());
        record(event, decision.byUser());
        return new FileReply.Refused(decision);
    }

    /** A refusal stands even when it cannot be written down. */
    private void record(AuditEvent event, boolean byUser) {
        try {
            if (byUser) {
                audit.write(event);
            } else {
                audit.writeWithinBudget(event);
            }
        } catch (IOException e) {
            LOG.log(WARNING, e.getMessage());
        }
    }
}
