// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keys that answer at once with something known, or when they are told to. */
final class FakeKeys implements GuestKeys {
    static final Keygrip SIGNS = new Keygrip("A".repeat(40));
    static final Keygrip DECRYPTS = new Keygrip("B".repeat(40));
    static final Keygrip FORBIDDEN = new Keygrip("C".repeat(40));

    final List<Object> asked = new CopyOnWriteArrayList<>();
    final CountDownLatch asking = new CountDownLatch(1);
    volatile @Nullable CountDownLatch decision;
    volatile @Nullable AgentFailure failure;

    @Override
    public List<Keygrip> all() {
        return List.of(SIGNS, DECRYPTS);
    }

    @Override
    public byte[] publicKey(Keygrip key) throws AgentFailure {
        ask("read " + key);
        return AgentResultsTest.bytes("(10:public-key(3:rsa(1:n1:%)(1:e1:\n)))");
    }

    @Override
    public byte[] sign(Keygrip key, HashAlgorithm algorithm, byte[] hash) throws AgentFailure {
        ask("sign " + key + " " + algorithm + " " + hash.length);
        return AgentResultsTest.bytes("(7:sig-val(3:rsa(1:s3:a%b)))");
    }

    @Override
    public Plain decrypt(Keygrip key, Ciphertext ciphertext) throws AgentFailure {
        ask(ciphertext);
        return new Plain(AgentResultsTest.bytes("(5:value3:abc)"), ciphertext instanceof Ciphertext.Rsa ? 0 : -1);
    }

    private void ask(Object what) throws AgentFailure {
        asked.add(what);
        asking.countDown();
        CountDownLatch waiting = decision;
        try {
            if (waiting != null && !waiting.await(50, TimeUnit.SECONDS)) {
                throw new AgentFailure(AgentFailure.Kind.EXPIRED, "the test does not decide");
            }
        } catch (InterruptedException e) {
            throw new AgentFailure(AgentFailure.Kind.HOST_FAILED, "interrupted", e);
        }
        AgentFailure refusal = failure;
        if (refusal != null) {
            throw refusal;
        }
    }
}
