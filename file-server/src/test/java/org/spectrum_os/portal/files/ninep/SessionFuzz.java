// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * What Jazzer calls with one {@link FuzzScript}: a whole session against a server in this process. Nothing may be thrown inside, every
 * reply belongs to a request, all that can be answered is, what is beside the lent files is neither read nor changed, and at the end
 * there are as many descriptors and threads as before.
 */
public final class SessionFuzz {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** Of a session, and one for each lease that ends with something to be written. */
    private static final int MOST_THREADS = Crew.MOST_BUSY + 2 + 4;

    private static final int MOST_REPLY = Limits.MSIZE_MOST;
    private static final byte[] SECRET = FuzzHost.SECRET.getBytes(StandardCharsets.UTF_8);

    private static final SessionFuzz WORLD = create();

    private final Bench bench = new Bench();
    private final Path root;
    private final FuzzHost host;
    private final Listener listener;
    private final Selector selector;
    private final ByteBuffer received = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final long descriptors;
    private final long budget;

    private SessionFuzz() throws Exception {
        // In memory: what is measured is not the disk.
        root = Files.createTempDirectory(Path.of("/dev/shm"), "fuzz").toRealPath();
        Runtime.getRuntime().addShutdownHook(new Thread(this::removeAll));
        host = new FuzzHost(root);
        listener = Listener.unix(root.resolve("socket"), SocketKind.STREAM, Listener.Identity.PROCESS);
        selector = Selector.open();
        // What is loaded and opened once, and stays.
        run(new byte[0], false);
        budget = bench.server.descriptorsLeft();
        descriptors = Bench.openDescriptors();
    }

    private static SessionFuzz create() {
        try {
            return new SessionFuzz();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void removeAll() {
        try {
            FuzzHost.remove(root);
        } catch (IOException e) {
            System.err.println("left behind: " + root + ": " + e);
        }
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        WORLD.run(input, true);
    }

    private void run(byte[] input, boolean checks) throws Exception {
        host.renew();
        FuzzHost.lend(bench, root);
        int threads = threads();
        try (SocketChannel guest = SocketChannel.open(UnixDomainSocketAddress.of(root.resolve("socket")))) {
            bench.server.admit("work", Bench.USER, listener.accept().release()).run();
            guest.configureBlocking(false);
            SelectionKey key = guest.register(selector, SelectionKey.OP_READ);
            new Guest(guest, key).play(new FuzzScript(input));
            int more = threads() - threads;
            require(more <= MOST_THREADS, more + " threads for one session");
        }
        // Only then Java closes it.
        selector.selectNow();
        awaitSoon("the session's end", () -> bench.server.connections() == 0);
        for (String lease : new String[] {"a1", "r1", "w1", "s1"}) {
            FuzzHost.end(bench, lease);
        }
        host.check();
        require(bench.failures().isEmpty(), bench.failures().toString());
        bench.log.clear();
        bench.events.clear();
        if (checks) {
            awaitSoon("descriptors closed", () -> Bench.openDescriptors() <= descriptors);
            awaitSoon("descriptors accounted for", () -> bench.server.descriptorsLeft() == budget);
        }
    }

    /** As {@link Bench#await}, for what is mostly so at once. */
    private static void awaitSoon(String what, java.util.concurrent.Callable<Boolean> condition) throws Exception {
        for (int i = 0; i < 50; i++) {
            if (condition.call()) {
                return;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(20_000);
        }
        Bench.await(what, condition);
    }

    /** Of this process. */
    private static int threads() throws IOException {
        // A directory has a link for itself, for its name, and for each directory in it.
        return (int) Files.getAttribute(Path.of("/proc/self/task"), "unix:nlink") - 2;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** The guest's side of one session, without threads: sends and receives in turn. */
    private final class Guest {
        private final SocketChannel guest;
        private final SelectionKey key;
        /** Requests that were not answered yet. */
        private final Set<Integer> waiting = new HashSet<>();

        private final BitSet tags = new BitSet();
        private final BitSet types = new BitSet();
        private boolean inStep = true;
        private boolean ended;

        Guest(SocketChannel guest, SelectionKey key) {
            this.guest = guest;
            this.key = key;
            received.clear();
        }

        void play(FuzzScript script) throws Exception {
            var batch = new ByteArrayOutputStream();
            send(batch, 100, 0xffff, 8192, "9P2000.L");
            send(batch, 104, 1, 0, -1, "user", "", 0);
            send(batch, 110, 2, 0, 1, (short) 2, "w1", "tree");
            send(batch, 110, 3, 0, 2, (short) 1, "s1");
            for (int acts = 0; acts < 64 && !script.isOver(); acts++) {
                switch (script.act()) {
                    case FuzzScript.Act.Send message -> {
                        expect(message.type(), message.tag());
                        add(batch, message.message());
                    }
                    case FuzzScript.Act.Spill spill -> {
                        inStep = false;
                        add(batch, spill.bytes());
                    }
                    case FuzzScript.Act.Host act -> {
                        if (inStep) {
                            exchange(batch);
                            host.act(act.what(), bench);
                        }
                    }
                }
            }
            exchange(batch);
            if (!ended) {
                guest.shutdownOutput();
                exchangeUntil(ByteBuffer.allocate(0), () -> false);
            }
        }

        private void send(ByteArrayOutputStream batch, int type, int tag, Object... fields) {
            expect(type, tag);
            add(batch, NinepClient.message(type, tag, fields));
        }

        private static void add(ByteArrayOutputStream batch, ByteBuffer message) {
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            batch.writeBytes(bytes);
        }

        private void expect(int type, int tag) {
            waiting.add(tag);
            tags.set(tag);
            types.set(type);
        }

        /** Sends it all, and unless a request may lack an answer for a good reason, waits for all answers. */
        private void exchange(ByteArrayOutputStream batch) throws IOException {
            ByteBuffer out = ByteBuffer.wrap(batch.toByteArray());
            batch.reset();
            // A flush, and a new version, take answers away.
            boolean all = inStep && !types.get(108) && types.get(100);
            exchangeUntil(out, () -> !all || waiting.isEmpty());
        }

        private void exchangeUntil(ByteBuffer out, java.util.function.BooleanSupplier done) throws IOException {
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (!ended && (out.hasRemaining() || !done.getAsBoolean())) {
                require(System.nanoTime() < deadline, "no answer to " + waiting);
                try {
                    if (out.hasRemaining() && guest.write(out) > 0) {
                        continue;
                    }
                    key.interestOps(SelectionKey.OP_READ | (out.hasRemaining() ? SelectionKey.OP_WRITE : 0));
                    selector.select(1000);
                    selector.selectedKeys().clear();
                    ended = guest.read(received) < 0;
                } catch (IOException e) {
                    // Reset: the server has closed it with something unread.
                    ended = true;
                }
                take();
            }
        }

        private void take() {
            received.flip();
            while (received.remaining() >= 7) {
                int start = received.position();
                int size = received.getInt(start);
                require(size >= 7 && size <= MOST_REPLY, "a reply of " + size + " bytes");
                if (received.remaining() < size) {
                    break;
                }
                int type = Byte.toUnsignedInt(received.get(start + 4));
                int tag = Short.toUnsignedInt(received.getShort(start + 5));
                require(!inStep || tags.get(tag), "a reply to tag " + tag + ", which was not sent");
                require(!inStep || type == 7 || (type > 0 && types.get(type - 1)), "a reply of type " + type);
                waiting.remove(tag);
                if (type == 101) {
                    // A new version voids what was asked before it.
                    waiting.removeIf(old -> old < tag);
                }
                require(!holdsSecret(start, size), "a secret in a reply of type " + type);
                received.position(start + size);
            }
            received.compact();
        }

        private boolean holdsSecret(int start, int size) {
            for (int i = start; i <= start + size - SECRET.length; i++) {
                if (received.get(i) == SECRET[0]) {
                    int same = 1;
                    while (same < SECRET.length && received.get(i + same) == SECRET[same]) {
                        same++;
                    }
                    if (same == SECRET.length) {
                        return true;
                    }
                }
            }
            return false;
        }
    }
}
