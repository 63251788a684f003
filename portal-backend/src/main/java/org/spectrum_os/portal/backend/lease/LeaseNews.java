// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;
import org.spectrum_os.portal.store.lease.Lease;

/** Puts what happens to leases on record, and tells those who listen. */
final class LeaseNews {
    private static final System.Logger LOG = System.getLogger(LeaseNews.class.getName());

    private final AuditBook audit;
    private final List<LeaseTable.Listener> listeners = new CopyOnWriteArrayList<>();

    LeaseNews(AuditBook audit) {
        this.audit = audit;
    }

    void addListener(LeaseTable.Listener listener) {
        listeners.add(listener);
    }

    /** Before the guest has it: what cannot be recorded is not lent. */
    void recordGrant(Lease lease, String request) throws IOException {
        audit.write(new AuditEvent.Granted(
                lease.owner(),
                request,
                lease.name(),
                UsbLoan.of(lease.resource())
                        .map(UsbLoan::words)
                        .orElse(lease.resource().name()),
                String.join(",", lease.access()),
                Ends.words(lease.end())));
    }

    /** Before the guest has it again. */
    void recordRestored(Lease lease) throws IOException {
        audit.write(new AuditEvent.Restored(
                lease.owner(), lease.name(), lease.resource().name(), Ends.words(lease.end())));
    }

    void used(Lease lease) {
        record(new AuditEvent.Used(lease.owner(), lease.name()));
    }

    void inForce(Lease lease) {
        each(listener -> listener.granted(lease));
    }

    /** A lease is over that nobody has heard of. */
    void failed(Lease lease) {
        record(new AuditEvent.Ended(lease.owner(), lease.name(), EndReason.GRANT_FAILED.toString()));
    }

    void ended(Lease lease, EndReason why) {
        record(new AuditEvent.Ended(lease.owner(), lease.name(), why.toString()));
        each(listener -> listener.ended(lease, why));
    }

    /** One after the other, as those who listen expect. */
    private synchronized void each(Consumer<LeaseTable.Listener> what) {
        listeners.forEach(what);
    }

    /** An end is carried out even when it cannot be written down. */
    private void record(AuditEvent event) {
        try {
            audit.write(event);
        } catch (IOException e) {
            LOG.log(ERROR, e.getMessage());
        }
    }
}
