// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.spectrum_os.portal.backend.agent.LinkDoor;
import org.spectrum_os.portal.backend.agent.LinkException;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.file.GivenFiles;
import org.spectrum_os.portal.backend.filevm.VmGifts;
import org.spectrum_os.portal.backend.lease.KeyLoan;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.UsbLoan;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.backend.policy.MachineAddress;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.PolicyException;
import org.spectrum_os.portal.backend.policy.PolicyReader;
import org.spectrum_os.portal.backend.policy.Rule;
import org.spectrum_os.portal.backend.policy.UsbRules;
import org.spectrum_os.portal.backend.policy.VmTree;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Resource;

/** The policy by which everything goes, and how another takes its place: as a whole, or not at all. Thread-safe. */
final class PolicyInForce {
    private static final System.Logger LOG = System.getLogger(PolicyInForce.class.getName());

    private final Path file;
    private volatile State state;

    private record State(Policy policy, GivenFiles.Given given, VmGifts gifts) {
        static State of(Policy policy) {
            return new State(policy, GivenFiles.Given.of(policy), VmGifts.of(policy));
        }

        /** Whether this policy gives it, or would have let the user lend it. */
        boolean allows(Lease lease) {
            return policy.instance(lease.owner())
                    .filter(instance -> switch (lease.resource().kind()) {
                        case Resource.KEY -> offersAgain(instance, lease.resource());
                        case Resource.USB -> lends(instance, lease.resource());
                        default ->
                            lease.end() instanceof End.Policy
                                    ? given.has(lease) || gifts.has(lease)
                                    : instance.file() == Rule.ASK;
                    })
                    .isPresent();
        }

        /** Of whatever mode the rule is: the user can attach what it fits. */
        private static boolean lends(Instance instance, Resource device) {
            return instance.machine().isPresent()
                    && UsbLoan.of(device)
                            .flatMap(loan -> UsbRules.judge(instance, loan.device()))
                            .isPresent();
        }

        /** Whether the user could still agree to that use of that key once more without being asked. */
        private static boolean offersAgain(Instance instance, Resource key) {
            Optional<KeyLoan> loan = KeyLoan.of(key);
            return loan.flatMap(lent -> instance.keys().stream()
                            .filter(rule -> rule.key().fingerprint().equals(lent.fingerprint()))
                            .findFirst())
                    .filter(rule -> offersAgain(rule, loan.get()))
                    .isPresent();
        }

        private static boolean offersAgain(KeyRule rule, KeyLoan loan) {
            boolean unseen = loan.use() == KeyUse.SIGN && !loan.seen();
            return rule.again().isPresent()
                    && rule.asks(loan.use())
                    && loan.use() != KeyUse.CERTIFY
                    && !(unseen && rule.contentRequired());
        }
    }

    /** What is told of another policy. */
    record Parts(
            LinkDoor door,
            LeaseTable leases,
            FileSources sources,
            GivenFiles files,
            ConsentDesk desk,
            Devices devices) {}

    /** Whoever lends devices, to VMs whose monitors the policy names. */
    interface Devices {
        /** It is in force now: what it does not allow is about to end, by the monitors of the one before. */
        void changing(Policy before, Policy now);

        /** What it does not allow has ended; what it does not let a lent device have become ends now. */
        void endWhatMayNotHaveBecome();

        /** That has ended. */
        void changed(Policy now);
    }

    /**
     * @param file where it was read, and where another is
     */
    PolicyInForce(Path file, Policy policy) {
        this.file = file;
        state = State.of(policy);
    }

    Policy now() {
        return state.policy();
    }

    Optional<Instance> instance(String name) {
        return now().instance(name);
    }

    boolean allows(Lease lease) {
        return state.allows(lease);
    }

    /** Lends what it gives, as far as that is not lent. Not while another takes its place: what is brought is of one of them. */
    synchronized void bringFiles(GivenFiles files) {
        files.bring(state.given());
    }

    /** A device is attached where its VM had its monitor; nobody knows what runs at another. */
    private static void endOnOtherMachines(Policy before, Policy now, LeaseTable leases) {
        for (Lease lease : leases.list()) {
            if (lease.resource().kind().equals(Resource.USB)
                    && !machine(before, lease.owner()).equals(machine(now, lease.owner()))) {
                var _ = leases.end(lease.name(), EndReason.POLICY_CHANGED);
            }
        }
    }

    private static Optional<MachineAddress> machine(Policy policy, String instance) {
        return policy.instance(instance).flatMap(Instance::machine);
    }

    /**
     * Reads the file again. When this returns, all that the new policy does not allow has ended, and what it adds is there.
     *
     * @return the new policy
     * @throws PolicyException if the file has a problem; then nothing has changed
     * @throws LinkException   if a new instance's link cannot be listened on; then nothing has changed
     */
    synchronized Policy reload(Parts parts) throws PolicyException, LinkException {
        Policy before = state.policy();
        Policy policy = PolicyReader.read(file);
        var next = State.of(policy);
        LinkDoor.Change doors = parts.door().prepare(policy.instances());
        // Nothing below can fail as a whole.
        state = next;
        doors.commit();
        for (Instance old : before.instances()) {
            if (policy.instance(old.name())
                    .filter(now -> now.link().equals(old.link())
                            && now.tree().map(VmTree::vm).equals(old.tree().map(VmTree::vm)))
                    .isEmpty()) {
                parts.sources().cut(old.name());
            }
        }
        parts.devices().changing(before, policy);
        parts.leases().policyChanged(next::allows);
        endOnOtherMachines(before, policy, parts.leases());
        // After files and keys: a VM may take its time to let go of a device.
        parts.devices().endWhatMayNotHaveBecome();
        parts.desk().policyChanged(policy.timing(), policy.phrase());
        for (Instance instance : policy.instances()) {
            try {
                parts.leases().open(instance.name());
            } catch (IOException e) {
                LOG.log(ERROR, "what was lent to {0} is not known: {1}", instance.name(), e.getMessage());
            }
        }
        parts.leases().restore();
        parts.files().bring(next.given());
        parts.sources().vms().policyChanged(policy, parts.leases());
        parts.devices().changed(policy);
        LOG.log(
                INFO,
                "another policy is in force: {0} instance(s)",
                policy.instances().size());
        return policy;
    }
}
