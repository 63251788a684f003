// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.sign.gpg.GpgSigning;
import org.spectrum_os.portal.backend.sign.gpg.KeyHome;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;

/**
 * One OpenPGP signature, from the content's first byte to the guest. Content that is small is kept until the user has agreed, and gpg starts
 * then; larger content goes into gpg as it comes, and gpg waits for its end.
 */
final class OpenpgpSignature implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(OpenpgpSignature.class.getName());
    /** For gpg to sign, which may mean that the user looks for a passphrase or a card. */
    private static final Duration SIGNING = Duration.ofMinutes(5);

    /** For gpg to take one piece; it does not while its agent, or a vault in the agent's place, says nothing. */
    private static final Duration TAKING = Duration.ofMinutes(2);
    /** For gpg to say why it has ended. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private static final int OUTPUT_BYTES = 32 * 1024;
    private static final ScheduledThreadPoolExecutor ALARMS = alarms();

    private final KeyHome home;
    private final OpenpgpKey.Part part;
    private final KeyMessage.SignOpenpgp ask;
    private final KeyChannel channel;
    private final Semaphore places;
    private final Duration taking;
    private final byte[] kept = new byte[ReceivedContent.HEAD];
    private int keptBytes;
    private boolean hasPlace;
    private @Nullable GpgSigning gpg;
    private @Nullable Thread pump;
    private boolean aborted;
    /** Something of what gpg wrote was not sent. */
    private volatile boolean incomplete;

    /**
     * @param places for contents that are larger than what is kept
     */
    OpenpgpSignature(
            KeyHome home, OpenpgpKey.Part part, KeyMessage.SignOpenpgp ask, KeyChannel channel, Semaphore places) {
        this(home, part, ask, channel, places, TAKING);
    }

    /**
     * @param taking for gpg to take one piece
     */
    OpenpgpSignature(
            KeyHome home,
            OpenpgpKey.Part part,
            KeyMessage.SignOpenpgp ask,
            KeyChannel channel,
            Semaphore places,
            Duration taking) {
        this.home = home;
        this.part = part;
        this.ask = ask;
        this.channel = channel;
        this.places = places;
        this.taking = taking;
    }

    private static ScheduledThreadPoolExecutor alarms() {
        var alarms = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("patience with gpg").factory());
        alarms.setRemoveOnCancelPolicy(true);
        return alarms;
    }

    /**
     * Takes the next piece of the content.
     *
     * @throws RefusedException if gpg does not
     */
    void take(ByteBuffer piece) throws IOException, RefusedException {
        GpgSigning now = gpg;
        if (now == null && piece.remaining() <= kept.length - keptBytes) {
            int count = piece.remaining();
            piece.get(kept, keptBytes, count);
            keptBytes += count;
            return;
        }
        if (now == null) {
            awaitPlace();
            now = start();
        }
        write(now, piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
    }

    private GpgSigning start() throws RefusedException {
        GpgSigning now;
        try {
            now = home.sign(part.fingerprint(), ask.form(), ask.armour());
        } catch (IOException e) {
            LOG.log(WARNING, "nothing can be signed with {0}: {1}", part.fingerprint(), e.getMessage());
            throw new RefusedException(Decision.Why.KEY_FAILED);
        }
        synchronized (this) {
            gpg = now;
            if (aborted) {
                now.close();
            }
        }
        pump = Thread.ofPlatform().daemon().name("signature for a guest").start(() -> pump(now.output()));
        write(now, kept, 0, keptBytes);
        return now;
    }

    private void write(GpgSigning to, byte[] bytes, int from, int count) throws RefusedException {
        var alarm = ALARMS.schedule(this::abort, taking.toMillis(), TimeUnit.MILLISECONDS);
        try {
            to.content().write(bytes, from, count);
        } catch (IOException e) {
            LOG.log(DEBUG, "gpg takes no more: {0}", e.getMessage());
            // It has ended, and says in the log why.
            throw new RefusedException(
                    ended(to) instanceof GpgSigning.End.Cancelled ? Decision.Why.BY_USER : Decision.Why.KEY_FAILED);
        } finally {
            alarm.cancel(false);
        }
    }

    private static GpgSigning.End ended(GpgSigning gpg) {
        try {
            return gpg.await(LAST_WORDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new GpgSigning.End.Failed();
        }
    }

    /** Until there is one, the guest's content waits in the guest. */
    private void awaitPlace() throws IOException {
        try {
            places.acquire();
            hasPlace = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void pump(InputStream output) {
        byte[] buffer = new byte[OUTPUT_BYTES];
        try (output) {
            for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
                channel.sendData(ByteBuffer.wrap(buffer, 0, count), GuestContent.TAKE);
            }
        } catch (IOException e) {
            LOG.log(DEBUG, "a signature does not get to its guest: {0}", e.getMessage());
            incomplete = true;
            abort();
        }
    }

    /**
     * The user agrees: signs, and returns when all of the signature has been sent. What is kept whole needs no place: whoever is here has the
     * turn, and those that have places may wait for it.
     */
    GpgSigning.End make() throws RefusedException, InterruptedException {
        GpgSigning before = gpg;
        GpgSigning now = before == null ? start() : before;
        try {
            now.finish();
        } catch (IOException e) {
            LOG.log(DEBUG, "gpg takes no more: {0}", e.getMessage());
        }
        GpgSigning.End end = now.await(SIGNING);
        Thread sending = pump;
        if (sending != null) {
            sending.join();
        }
        return incomplete ? new GpgSigning.End.Failed() : end;
    }

    /** The guest is gone, or nobody wants it any more: gpg ends, and signs nothing. From any thread. */
    synchronized void abort() {
        aborted = true;
        if (gpg != null) {
            gpg.close();
        }
    }

    @Override
    public void close() {
        abort();
        if (hasPlace) {
            places.release();
        }
        Thread sending = pump;
        if (sending != null) {
            try {
                sending.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
