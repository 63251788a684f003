// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.Grant;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.Terms;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;
import org.spectrum_os.portal.store.lease.Lease;

/** Carries out what the user chose: all of it, or nothing. */
final class Loans {
    private static final System.Logger LOG = System.getLogger(Loans.class.getName());

    private final LeaseTable leases;
    private final FileLending lending;
    private final AuditBook audit;
    private final InstantSource clock;

    Loans(LeaseTable leases, FileLending lending, AuditBook audit, InstantSource clock) {
        this.leases = leases;
        this.lending = lending;
        this.audit = audit;
        this.clock = clock;
    }

    /** It could not be carried out, and nothing is left of the attempt. */
    static final class FailedException extends Exception {
        private final Decision.Why why;

        FailedException(Decision.Why why, IOException cause) {
            super(cause.getMessage(), cause);
            this.why = why;
        }

        Decision.Why why() {
            return why;
        }
    }

    /**
     * Lends what was chosen.
     *
     * @param reply tells the guest, and in time whether it was told; if it was not, all is taken back
     */
    void lend(
            String instance,
            String request,
            FileQuestion question,
            FromWindow.Chosen answer,
            Function<FileReply, CompletionStage<Boolean>> reply)
            throws FailedException {
        Terms terms = answer.terms();
        var opened = new ArrayList<OpenedEntries>();
        var granted = new ArrayList<Lease>();
        Decision.Why failure = Decision.Why.WINDOW_LOST;
        try {
            if (terms == null) {
                throw new IOException("the window did not say on what terms");
            }
            failure = Decision.Why.FILE_CHANGED;
            Access access = LoanTerms.access(terms);
            for (FromWindow.PickedFile picked : answer.files()) {
                opened.add(Picked.open(picked, access));
            }
            failure = Decision.Why.NOT_RECORDED;
            audit.write(new AuditEvent.Decided(instance, request, "allowed", null));
            failure = Decision.Why.NOT_DELIVERABLE;
            if (!lending.isMounted(instance)) {
                throw new IOException("its mount of lent files has gone since it asked");
            }
            if (!answer.fitsTheLink()) {
                throw new IOException("the names of the " + opened.size()
                        + " chosen files are too long for one answer; fewer must be chosen at once");
            }
            End end = LoanTerms.end(terms, clock.instant());
            for (OpenedEntries entries : opened) {
                granted.add(leases.grant(
                        new Grant(
                                instance,
                                entries.what(),
                                access,
                                question.title().text(),
                                request,
                                end),
                        lease -> lending.lend(lease, entries)));
            }
        } catch (IOException e) {
            LOG.log(WARNING, "nothing is lent to {0}: {1}", instance, e.getMessage());
            takeBack(granted, opened, EndReason.GRANT_FAILED);
            throw new FailedException(failure, e);
        }
        var _ = reply.apply(lent(granted, opened, answer)).whenComplete((told, lost) -> {
            if (lost == null && told) {
                opened.forEach(OpenedEntries::close);
            } else {
                takeBack(granted, opened, EndReason.UNCLAIMED);
            }
        });
    }

    private static FileReply lent(List<Lease> granted, List<OpenedEntries> opened, FromWindow.Chosen answer) {
        var files = new ArrayList<LentFile>();
        for (int i = 0; i < granted.size(); i++) {
            files.add(new LentFile(
                    granted.get(i).name(), opened.get(i).what().main().name()));
        }
        return new FileReply.Lent(
                List.copyOf(files),
                answer.choices().stream()
                        .map(picked -> new ChosenOption(picked.id(), picked.option()))
                        .toList(),
                answer.filter(),
                answer.terms() != null && LoanTerms.access(answer.terms()) == Access.WRITE);
    }

    /** Only this request's share: the guest may have been told of one of the leases in answer to another. */
    private void takeBack(List<Lease> granted, List<OpenedEntries> opened, EndReason why) {
        granted.forEach(lease -> leases.giveBack(lease, why));
        opened.forEach(OpenedEntries::undo);
        opened.forEach(OpenedEntries::close);
    }
}
