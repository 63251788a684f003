// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
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

    private static final int OUTPUT_BYTES = 32 * 1024;

    private final KeyHome home;
    private final OpenpgpKey.Part part;
    private final KeyMessage.SignOpenpgp ask;
    private final KeyChannel channel;
    private final Semaphore places;
    private final byte[] kept = new byte[ReceivedContent.HEAD];
    private int keptBytes;
    private boolean hasPlace;
    private @Nullable GpgSigning gpg;
    private @Nullable Thread pump;
    private boolean aborted;

    /**
     * @param places for contents that are larger than what is kept
     */
    OpenpgpSignature(
            KeyHome home, OpenpgpKey.Part part, KeyMessage.SignOpenpgp ask, KeyChannel channel, Semaphore places) {
        this.home = home;
        this.part = part;
        this.ask = ask;
        this.channel = channel;
        this.places = places;
    }

    /** Takes the next piece of the content. */
    void take(ByteBuffer piece) throws IOException {
        if (gpg == null && piece.remaining() <= kept.length - keptBytes) {
            int count = piece.remaining();
            piece.get(kept, keptBytes, count);
            keptBytes += count;
            return;
        }
        if (gpg == null) {
            awaitPlace();
        }
        OutputStream content = started().content();
        content.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
    }

    private GpgSigning started() throws IOException {
        GpgSigning before = gpg;
        if (before != null) {
            return before;
        }
        GpgSigning now = home.sign(part.fingerprint(), ask.form(), ask.armour());
        synchronized (this) {
            gpg = now;
            if (aborted) {
                now.close();
            }
        }
        pump = Thread.ofPlatform().daemon().name("signature for a guest").start(() -> pump(now.output()));
        now.content().write(kept, 0, keptBytes);
        return now;
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
            LOG.log(DEBUG, "a guest does not take its signature: {0}", e.getMessage());
            abort();
        }
    }

    /** The user agrees: signs, and returns when all of the signature has been sent. */
    GpgSigning.End make(ReceivedContent content) throws IOException, InterruptedException {
        GpgSigning now = started();
        now.finish();
        GpgSigning.End end = now.await(SIGNING);
        Thread sending = pump;
        if (sending != null) {
            sending.join();
        }
        return end;
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
