// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.keys.ssh.GuestIdentities;
import org.spectrum_os.portal.keys.ssh.SshAgentFailure;
import org.spectrum_os.portal.keys.ssh.SshKey;
import org.spectrum_os.portal.keys.ssh.SshRequest;
import org.spectrum_os.portal.protocol.Untrusted;

/** The SSH keys of one instance, as one connection of its ssh sees them. */
final class SshIdentities implements GuestIdentities {
    private static final System.Logger LOG = System.getLogger(SshIdentities.class.getName());

    private final String instance;
    private final Keychain keychain;
    private final KeyConsent consent;
    private final KnownServers servers;
    private final Abort abort;

    SshIdentities(String instance, Keychain keychain, KeyConsent consent, KnownServers servers, Abort abort) {
        this.instance = instance;
        this.keychain = keychain;
        this.consent = consent;
        this.servers = servers;
        this.abort = abort;
    }

    @Override
    public List<SshKey> all() {
        return keychain.ssh(instance).stream()
                .filter(one -> one.rule().asks(KeyUse.AUTHENTICATE)
                        || (one.rule().asks(KeyUse.SIGN) && !one.rule().contentRequired()))
                .map(Keychain.UsableSshKey::key)
                .toList();
    }

    @Override
    public Optional<byte[]> sign(SshKey key, SshRequest what, byte[] data, int flags) {
        var found = keychain.ssh(instance).stream()
                .filter(one -> one.key().isSame(key))
                .findFirst();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var rule = found.get().rule();
        KeyRequest request = switch (what) {
            case SshRequest.Login login ->
                new KeyRequest(rule, KeyUse.AUTHENTICATE, label(found.get()), subject(login), claim(login));
            case SshRequest.Signature signature ->
                new KeyRequest(
                        rule,
                        KeyUse.SIGN,
                        label(found.get()),
                        new KeyQuestion.Subject.UnseenSshSignature(
                                ClaimedText.of(signature.namespace()), signature.algorithm(), signature.hash()),
                        "unseen, for \"" + ClaimedText.of(signature.namespace()).shown() + "\"");
        };
        if (!rule.asks(request.use()) || (request.use() == KeyUse.SIGN && rule.contentRequired())) {
            return Optional.empty();
        }
        try (var permit = consent.obtain(instance, request, abort);
                var agent = keychain.agent(rule);
                var _ = abort.on(agent::close)) {
            byte[] signature = agent.sign(key, data, flags);
            permit.record();
            LOG.log(
                    INFO,
                    "{0}: {1} with key {2}",
                    instance,
                    request.kind(),
                    request.key().fingerprint());
            return Optional.of(signature);
        } catch (RefusedException e) {
            return Optional.empty();
        } catch (SshAgentFailure e) {
            LOG.log(WARNING, "{0} gets no result of a key that it was allowed: {1}", instance, e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private KeyQuestion.Subject.Login subject(SshRequest.Login login) {
        SshKey server = login.server();
        return new KeyQuestion.Subject.Login(
                ClaimedText.of(login.user()),
                nameOf(server),
                server == null ? null : server.fingerprint(),
                login.forwarded());
    }

    private @Nullable ClaimedText nameOf(@Nullable SshKey server) {
        List<String> names = server == null ? List.of() : servers.names(server);
        return names.isEmpty() ? null : ClaimedText.of(Untrusted.of(String.join(", ", names)));
    }

    private String claim(SshRequest.Login login) {
        SshKey server = login.server();
        ClaimedText name = nameOf(server);
        String where =
                name != null ? name.shown() : server != null ? server.fingerprint() : "a server that is not named";
        return "as " + ClaimedText.of(login.user()).shown() + " at " + where + (login.forwarded() ? ", forwarded" : "");
    }

    static KeyQuestion.Key label(Keychain.UsableSshKey key) {
        return new KeyQuestion.Key(
                ClaimedText.of(Untrusted.of(key.key().comment())),
                key.key().fingerprint(),
                null,
                KeyPlaces.vaultOf(key.rule().place()).orElse(null));
    }
}
