// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.files.saving.HiddenNames;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileNode;

/** Where guests may save: one place for each lease of files that may be changed. Thread-safe; waits for no lease table. */
public final class SavePlaces {
    private static final System.Logger LOG = System.getLogger(SavePlaces.class.getName());

    private final Register register;
    private final AuditBook audit;
    private final Consumer<SavePlace.Step> steps;
    private final SavePlace.UnnamedFiles unnamed;
    private final Map<String, Held> places = new ConcurrentHashMap<>();

    /** Where it is written down what a lease holds. */
    @FunctionalInterface
    public interface Register {
        /** When this returns true it is on the disk; false if the lease has ended. */
        boolean holds(Lease lease, HostEntries what) throws IOException;
    }

    private record Held(Lease lease, SavePlace place) {}

    public SavePlaces(Register register, AuditBook audit) {
        this(register, audit, _ -> {}, FileNode::unnamedFile);
    }

    SavePlaces(Register register, AuditBook audit, Consumer<SavePlace.Step> steps, SavePlace.UnnamedFiles unnamed) {
        this.unnamed = unnamed;
        this.register = register;
        this.audit = audit;
        this.steps = steps;
    }

    /** Before a lease is in the guest's hands; without effect on one that cannot be saved to. */
    public void open(Lease lease, OpenedEntries entries) throws IOException {
        Descriptor folder = entries.folder();
        if (folder == null) {
            return;
        }
        HiddenNames.sweep(folder, places::containsKey);
        var place = new SavePlace(
                lease.name(), entries.what(), folder.duplicate(), what -> register.holds(lease, what), steps, unnamed);
        Held before = places.put(lease.name(), new Held(lease, place));
        if (before != null) {
            before.place().end();
        }
    }

    /**
     * A file without a name, beside the lease's.
     *
     * @return open for reading and writing; the caller's
     */
    public Descriptor stage(String lease) throws IOException {
        try {
            return held(lease).place().stage();
        } catch (SavePlace.RefusedException e) {
            throw e.forGuest();
        }
    }

    /**
     * Puts a staged file in the place of the lease's {@code name}; it is there for good when this returns.
     *
     * @param staged stays the caller's
     * @throws ErrnoException what the guest is to be told
     */
    public void install(String lease, String name, Descriptor staged) throws IOException {
        Held held = held(lease);
        String owner = held.lease().owner();
        try {
            held.place().install(name, staged);
        } catch (IOException e) {
            if (record(new AuditEvent.NotReplaced(owner, lease, name, String.valueOf(e.getMessage())))) {
                LOG.log(WARNING, "{0} could not save {1} of lease {2}: {3}", owner, name, lease, e.getMessage());
            }
            throw e instanceof SavePlace.RefusedException refused ? refused.forGuest() : e;
        }
        var _ = record(new AuditEvent.Replaced(owner, lease, name));
    }

    private Held held(String lease) throws ErrnoException {
        Held held = places.get(lease);
        if (held == null) {
            throw new ErrnoException("save in lease " + lease, ErrnoException.ESTALE);
        }
        return held;
    }

    /** A guest saves as often as it likes. False if it has done so too often to be told of. */
    private boolean record(AuditEvent event) {
        try {
            return audit.writeWithinBudget(event);
        } catch (IOException e) {
            LOG.log(WARNING, e.getMessage());
            return false;
        }
    }

    /** From now on nothing is saved there; what is being saved has been when this returns. */
    public void end(String lease) {
        Held held = places.remove(lease);
        if (held != null) {
            held.place().end();
        }
    }

    /** As {@link #end} for all. */
    public void endAll() {
        places.keySet().forEach(this::end);
    }
}
