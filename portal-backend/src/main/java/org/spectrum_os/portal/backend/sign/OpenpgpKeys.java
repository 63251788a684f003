// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.keys.gpg.AgentFailure;
import org.spectrum_os.portal.keys.gpg.Ciphertext;
import org.spectrum_os.portal.keys.gpg.GuestKeys;
import org.spectrum_os.portal.keys.gpg.HashAlgorithm;
import org.spectrum_os.portal.keys.gpg.Keygrip;
import org.spectrum_os.portal.keys.gpg.RealAgent;

/**
 * The OpenPGP keys of one instance, as one connection of its gpg sees them. What is not seen here, the content, the user is told plainly.
 */
final class OpenpgpKeys implements GuestKeys {
    private static final System.Logger LOG = System.getLogger(OpenpgpKeys.class.getName());

    private final String instance;
    private final Keychain keychain;
    private final KeyConsent consent;
    private final HostSession session;
    private final Abort abort;

    OpenpgpKeys(String instance, Keychain keychain, KeyConsent consent, HostSession session, Abort abort) {
        this.instance = instance;
        this.keychain = keychain;
        this.consent = consent;
        this.session = session;
        this.abort = abort;
    }

    /** A part of a key, and what it may be used for here. */
    private record Found(UsableKey key, OpenpgpKey.Part part) {}

    @Override
    public List<Keygrip> all() {
        var grips = new ArrayList<Keygrip>();
        for (UsableKey key : keychain.openpgp(instance)) {
            for (OpenpgpKey.Part part : key.key().parts()) {
                if (key.permitted().forHash(part).isPresent() || key.permitted().forDecrypting(part)) {
                    grips.add(part.keygrip());
                }
            }
        }
        return List.copyOf(grips);
    }

    private Optional<Found> find(Keygrip grip) {
        for (UsableKey key : keychain.openpgp(instance)) {
            for (OpenpgpKey.Part part : key.key().parts()) {
                if (part.keygrip().equals(grip)) {
                    return Optional.of(new Found(key, part));
                }
            }
        }
        return Optional.empty();
    }

    private static AgentFailure unknown(Keygrip grip) {
        return new AgentFailure(AgentFailure.Kind.NO_KEY, "it may not use a key " + grip + " for that");
    }

    @Override
    public byte[] publicKey(Keygrip grip) throws AgentFailure {
        if (!all().contains(grip)) {
            throw unknown(grip);
        }
        Found found = find(grip).orElseThrow(() -> unknown(grip));
        try (var agent = new RealAgent(found.key().home().agent(), session.options());
                var _ = abort.on(agent::close)) {
            return agent.publicKey(grip);
        }
    }

    @Override
    public byte[] sign(Keygrip grip, HashAlgorithm algorithm, byte[] hash) throws AgentFailure {
        Found found = find(grip).orElseThrow(() -> unknown(grip));
        KeyUse use = found.key().permitted().forHash(found.part()).orElseThrow(() -> unknown(grip));
        var subject = new KeyQuestion.Subject.UnseenHash(
                algorithm.label(), HexFormat.of().formatHex(hash));
        var request = new KeyRequest(
                found.key().rule(),
                use,
                found.key().label(found.part()),
                subject,
                "unseen " + algorithm.label() + " " + subject.hash());
        return permitted(request, found, agent -> agent.sign(grip, description(request), algorithm, hash));
    }

    @Override
    public Plain decrypt(Keygrip grip, Ciphertext ciphertext) throws AgentFailure {
        Found found = find(grip)
                .filter(one -> one.key().permitted().forDecrypting(one.part()))
                .orElseThrow(() -> unknown(grip));
        var request = new KeyRequest(
                found.key().rule(),
                KeyUse.DECRYPT,
                found.key().label(found.part()),
                new KeyQuestion.Subject.UnseenCiphertext(),
                "an encrypted session key");
        return permitted(request, found, agent -> agent.decrypt(grip, description(request), ciphertext));
    }

    /** One operation of the real agent. */
    private interface Operation<T> {
        T run(RealAgent agent) throws AgentFailure;
    }

    private <T> T permitted(KeyRequest request, Found found, Operation<T> operation) throws AgentFailure {
        try (var permit = consent.obtain(instance, request, abort);
                var agent = new RealAgent(found.key().home().agent(), session.options());
                var _ = abort.on(agent::close)) {
            T result = operation.run(agent);
            permit.record();
            LOG.log(
                    INFO,
                    "{0}: {1} with key {2}",
                    instance,
                    request.kind(),
                    request.key().fingerprint());
            return result;
        } catch (RefusedException e) {
            throw e.toAgent();
        } catch (AgentFailure e) {
            LOG.log(WARNING, "{0} gets no result of a key that it was allowed: {1}", instance, e.getMessage());
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AgentFailure(AgentFailure.Kind.HOST_FAILED, "interrupted", e);
        }
    }

    /** What pinentry shows, should it need the passphrase; the host's own words. */
    private String description(KeyRequest request) {
        String what = request.operation() == KeyQuestion.Operation.DECRYPT ? "to decrypt" : "a signature";
        return "The VM “" + instance + "” was allowed " + what + " with the key\n"
                + request.key().name().shown() + "\n" + request.key().fingerprint();
    }
}
