// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.filevm;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.agent.VmDialer;
import org.spectrum_os.portal.backend.lease.Grant;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.VmFile;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.files.vm.FileVmClient;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.transport.Connection;

/**
 * One VM that serves files: has its control whenever it is there, lends what the policy gives when it comes, and ends that when it
 * goes. Thread-safe.
 */
final class FileVm implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FileVm.class.getName());
    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    /** Between attempts to reach a VM that does not answer. */
    private static final Duration ABSENT_DELAY = Duration.ofSeconds(5);
    /** For one that answers and then fails, each time: it must not keep the backend busy. */
    private static final Duration FAILING_DELAY = Duration.ofSeconds(60);
    /** A connection that lasted so long was no failure. */
    private static final Duration GOOD = Duration.ofSeconds(10);

    private final Instance vm;
    private final LeaseTable leases;
    private final Supplier<VmGifts> gifts;
    private final Relays relays;
    private final Executor executor;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable FileVmClient client;

    /**
     * Nothing happens before {@link #start}.
     *
     * @param gifts    what the policy in force gives
     * @param executor runs what waits for leases
     */
    FileVm(Instance vm, LeaseTable leases, Supplier<VmGifts> gifts, Relays relays, Executor executor) {
        this.vm = vm;
        this.leases = leases;
        this.gifts = gifts;
        this.relays = relays;
        this.executor = executor;
    }

    Instance instance() {
        return vm;
    }

    void start() {
        Thread.ofPlatform().daemon().name("files of " + vm.name()).start(() -> {
            try {
                keep();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void keep() throws InterruptedException {
        Duration delay = FIRST_DELAY;
        boolean told = false;
        do {
            try (FileVmClient connected = connect()) {
                long begin = System.nanoTime();
                LOG.log(INFO, "{0} serves its files", vm.name());
                told = false;
                grant();
                boolean silent = connected.awaitEnd();
                LOG.log(
                        ERROR,
                        "{0} serves no files any more{1}: what was lent of them is out of reach",
                        vm.name(),
                        silent ? ", as it did not answer" : "");
                delay = silent
                        ? FAILING_DELAY
                        : System.nanoTime() - begin >= GOOD.toNanos() ? FIRST_DELAY : longer(delay, FAILING_DELAY);
            } catch (IOException e) {
                if (!told) {
                    LOG.log(INFO, "{0} does not serve its files yet: {1}", vm.name(), e.getMessage());
                    told = true;
                }
                delay = longer(delay, delay.compareTo(ABSENT_DELAY) > 0 ? delay : ABSENT_DELAY);
            } finally {
                lost();
            }
        } while (!closing.await(delay.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static Duration longer(Duration delay, Duration most) {
        Duration twice = delay.multipliedBy(2);
        return twice.compareTo(most) > 0 ? most : twice;
    }

    private FileVmClient connect() throws IOException {
        // Whoever grants holds the leases and waits for the client, which must not wait for them in turn.
        FileVmClient connected = FileVmClient.open(
                VmDialer.dial(vm.link(), Ports.FILE_VM), lease -> executor.execute(() -> leases.used(lease)));
        client = connected;
        if (closing.getCount() == 0) {
            connected.close();
        }
        return connected;
    }

    private void lost() {
        client = null;
        relays.cutVm(vm.name());
        leases.filesLost(lease -> VmFile.of(lease.resource())
                .filter(file -> file.vm().equals(vm.name()))
                .isPresent());
    }

    boolean isServing() {
        FileVmClient now = client;
        return now != null && !now.isEnded();
    }

    /** Lends what the policy gives and is not lent, if the VM is there. */
    void grant() {
        for (VmGifts.Gift gift : gifts.get().from(vm.name())) {
            FileVmClient now = client;
            if (now == null || now.isEnded() || closing.getCount() == 0) {
                return;
            }
            try {
                var grant = new Grant(gift.instance(), gift.what(), gift.access(), "", Grant.POLICY, new End.Policy());
                leases.grant(
                        grant,
                        lease -> now.lend(
                                lease.owner(),
                                lease.name(),
                                access(gift),
                                gift.what().path()));
            } catch (IOException e) {
                LOG.log(
                        ERROR,
                        "the policy gives {0} of {1} to {2}, which cannot be lent: {3}",
                        gift.what().path(),
                        vm.name(),
                        gift.instance(),
                        e.getMessage());
            }
        }
    }

    private static Access access(VmGifts.Gift gift) {
        return switch (gift.access()) {
            case READ -> Access.READ;
            case WRITE -> Access.WRITE;
        };
    }

    /** Ends a lease. If the VM does not confirm it, nothing comes from that VM any more. */
    void end(Lease lease) throws IOException {
        FileVmClient now = client;
        if (now == null) {
            return;
        }
        try {
            now.revoke(lease.name());
        } catch (IOException e) {
            relays.cutVm(vm.name());
            throw e;
        }
    }

    /** A connection to the file server, as one of {@code user}: 9P from here on. */
    Connection connect(Instance user) throws IOException {
        FileVmClient now = client;
        if (now == null) {
            throw new IOException(vm.name() + ", which has its files, does not serve them just now");
        }
        Connection connection = VmDialer.dial(vm.link(), Ports.FILE_VM);
        now.attach(
                connection,
                user.name(),
                new GuestUser(user.user().uid(), user.user().gid()));
        return connection;
    }

    /** No other attempt is made, and nothing more is lent; what is there stays. */
    void stop() {
        closing.countDown();
    }

    /** Ends everything. */
    @Override
    public void close() {
        stop();
        FileVmClient last = client;
        if (last != null) {
            last.close();
        }
    }
}
