// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.sign.gpg.GpgSigning;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.keys.ssh.SshAgentFailure;
import org.spectrum_os.portal.keys.ssh.SshSignature;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.Untrusted;

/**
 * Signatures of content that this host sees: the user is shown what the very bytes are that are hashed and signed here. Blocks: one platform
 * thread for each.
 */
final class ContentSigning implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ContentSigning.class.getName());
    /** Contents of one instance, larger than what is kept in memory, that are received at once; each has a gpg of its own. */
    private static final int LARGE_MOST = 4;

    private static final int HINT_CHARS = 2048;
    private static final Pattern NAMESPACE = Pattern.compile("[!-~]{1,256}");

    private final Keychain keychain;
    private final KeyConsent consent;
    private final Map<String, Semaphore> large = new ConcurrentHashMap<>();
    /** Those with a gpg of their own. */
    private final Set<Abort> going = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    ContentSigning(Keychain keychain, KeyConsent consent) {
        this.keychain = keychain;
        this.consent = consent;
    }

    /** Serves one request to its end; an exception means that the guest is gone, or makes no sense. */
    void serve(String instance, KeyMessage.Sign ask, KeyChannel channel) throws IOException, InterruptedException {
        channel.send(new KeyMessage.Ready(), GuestContent.TAKE);
        KeyMessage.Answer end;
        try {
            String status = switch (ask) {
                case KeyMessage.SignOpenpgp openpgp -> openpgp(instance, openpgp, channel);
                case KeyMessage.SignSsh ssh -> ssh(instance, ssh, channel);
            };
            channel.sendEnd();
            end = new KeyMessage.Signed(status);
        } catch (RefusedException e) {
            end = new KeyMessage.Failed(e.toSigner());
        }
        channel.send(end, GuestContent.TAKE);
    }

    private String openpgp(String instance, KeyMessage.SignOpenpgp ask, KeyChannel channel)
            throws RefusedException, IOException, InterruptedException {
        UsableKey key = keychain.openpgp(instance).stream()
                .filter(one -> one.permitted().forContent().isPresent() && means(ask.key(), one.key()::isMeantBy))
                .findFirst()
                .orElseThrow(() -> new RefusedException(Decision.Why.NO_KEY));
        OpenpgpKey.Part part = key.permitted().forContent().orElseThrow();
        var abort = new Abort();
        Semaphore places = large.computeIfAbsent(instance, _ -> new Semaphore(LARGE_MOST));
        going.add(abort);
        if (closed) {
            abort.abort();
        }
        try (var signature = new OpenpgpSignature(key.home(), part, ask, channel, places);
                var _ = abort.on(signature::abort)) {
            var guest = new GuestContent(channel, false);
            ReceivedContent content = guest.receive(signature::take);
            guest.watch(abort);
            var subject = content.subject(origin(ask.origin()), null);
            var request =
                    new KeyRequest(key.rule(), KeyUse.SIGN, key.label(part), subject, ReceivedContent.claim(subject));
            try (var permit = consent.obtain(instance, request, abort)) {
                permit.record();
                return switch (signature.make()) {
                    case GpgSigning.End.Created(String status) -> {
                        LOG.log(
                                INFO,
                                "{0}: {1} signed with key {2}",
                                instance,
                                request.claim(),
                                key.key().fingerprint());
                        yield status;
                    }
                    case GpgSigning.End.Cancelled() -> throw new RefusedException(Decision.Why.BY_USER);
                    case GpgSigning.End.Failed() -> throw new RefusedException(Decision.Why.KEY_FAILED);
                };
            }
        } finally {
            going.remove(abort);
        }
    }

    private String ssh(String instance, KeyMessage.SignSsh ask, KeyChannel channel)
            throws RefusedException, IOException, InterruptedException {
        String namespace = ask.namespace()
                .validate(claim -> NAMESPACE.matcher(claim).matches() ? Optional.of(claim) : Optional.<String>empty())
                .orElseThrow(() -> new RefusedException(Decision.Why.NOT_OFFERED));
        Keychain.UsableSshKey key = keychain.ssh(instance).stream()
                .filter(one -> one.rule().asks(KeyUse.SIGN) && means(ask.key(), name -> isMeantBy(one, name)))
                .findFirst()
                .orElseThrow(() -> new RefusedException(Decision.Why.NO_KEY));
        var abort = new Abort();
        var guest = new GuestContent(channel, true);
        ReceivedContent content = guest.receive(piece -> {});
        guest.watch(abort);
        var subject = content.subject(origin(ask.origin()), ClaimedText.of(Untrusted.of(namespace)));
        var request = new KeyRequest(
                key.rule(), KeyUse.SIGN, SshIdentities.label(key), subject, ReceivedContent.claim(subject));
        var signature = new SshSignature(key.key(), namespace, content.sha512());
        try (var permit = consent.obtain(instance, request, abort);
                var agent = keychain.agent(key.rule());
                var _ = abort.on(agent::close)) {
            String armoured = signature.armoured(agent.sign(key.key(), signature.toBeSigned(), signature.flags()));
            permit.record();
            LOG.log(
                    INFO,
                    "{0}: {1} signed with key {2}",
                    instance,
                    request.claim(),
                    key.key().fingerprint());
            channel.sendData(ByteBuffer.wrap(armoured.getBytes(StandardCharsets.US_ASCII)), GuestContent.TAKE);
            return "";
        } catch (SshAgentFailure e) {
            LOG.log(WARNING, "{0} gets no signature that it was allowed: {1}", instance, e.getMessage());
            throw new RefusedException(Decision.Why.KEY_FAILED);
        }
    }

    /** A gpg that outlives this process would take the end of its input for the content's, and sign. */
    @Override
    public void close() {
        closed = true;
        going.forEach(Abort::abort);
    }

    /** A name that says nothing means any key. */
    private static boolean means(Untrusted<String> name, Predicate<String> key) {
        return name.validate(hint -> hint.length() <= HINT_CHARS && (hint.isBlank() || key.test(hint.strip())));
    }

    /** By its public key, as ssh-keygen's file has it, or its fingerprint. */
    private static boolean isMeantBy(Keychain.UsableSshKey key, String name) {
        String blob = Base64.getEncoder().encodeToString(key.key().blob());
        return name.equals(key.key().fingerprint())
                || Arrays.asList(name.split("\\s+")).contains(blob);
    }

    private static @Nullable ClaimedText origin(Untrusted<String> claim) {
        ClaimedText text = ClaimedText.of(claim);
        return text.text().isBlank() ? null : text;
    }
}
