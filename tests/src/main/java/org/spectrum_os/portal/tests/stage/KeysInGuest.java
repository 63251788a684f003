// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import org.spectrum_os.portal.tests.guest.CommandResult;
import org.spectrum_os.portal.tests.guest.GuestVm;

/** The agent's part for keys inside a guest, installed as {@code vm-agent/src/main/guest} says, and what the application's user does with it. */
final class KeysInGuest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String DISK = "/opt/spectrum-portal";
    /** Where the host's ssh-agent appears. */
    private static final String SSH_SOCKET = "/run/user/1000/spectrum-portal/ssh-agent";

    private final GuestVm guest;

    KeysInGuest(GuestVm guest) {
        this.guest = guest;
    }

    /** Puts the commands where the user's programs find them. */
    void install() throws IOException, InterruptedException {
        guest.sh("""
                set -e
                ln -sf %1$s/spectrum-agent /usr/bin/spectrum-agent
                for program in %1$s/guest-files/bin/*; do ln -sf "$program" /usr/bin/; done
                """.formatted(DISK), PATIENCE).orThrow();
    }

    /** Starts what stands for gpg-agent and ssh-agent, and waits for its sockets. */
    void start() throws IOException, InterruptedException {
        guest.sh("""
                as-app spectrum-agent keys >/run/guest/keys.log 2>&1 & echo $! >/run/guest/keys.pid; disown
                gpg=$(as-app gpgconf --list-dirs agent-socket)
                for i in $(seq 600); do
                    [ -S "$gpg" ] && [ -S %s ] && exit 0
                    sleep 0.1
                done
                echo "no socket $gpg or %s:"; cat /run/guest/keys.log; exit 1
                """.formatted(SSH_SOCKET, SSH_SOCKET), PATIENCE).orThrow();
    }

    /** Brings the public keys of the permitted ones into the guest's key ring. */
    CommandResult sync() throws IOException, InterruptedException {
        return asApp("spectrum-agent gpg sync");
    }

    /** Starts a vault: its user's own gpg-agent serves the host's calls. */
    void startVault() throws IOException, InterruptedException {
        guest.sh(
                        "as-app env SSH_AUTH_SOCK=" + SSH_SOCKET
                                + " spectrum-agent vault >/run/guest/vault.log 2>&1 & echo $! >/run/guest/vault.pid; disown",
                        PATIENCE)
                .orThrow();
    }

    /** Ends what {@link #startVault} started. */
    void endVault() throws IOException, InterruptedException {
        guest.sh(
                        "kill $(cat /run/guest/vault.pid); while kill -0 $(cat /run/guest/vault.pid) 2>/dev/null; do sleep 0.1; done",
                        PATIENCE)
                .orThrow();
    }

    /** What the agent's programs said so far. */
    String log() throws IOException, InterruptedException {
        return guest.sh("cat /run/guest/keys.log /run/guest/vault.log 2>/dev/null; true", PATIENCE)
                .text();
    }

    /** Runs a bash script as the application's user, in its home, with the agent's sockets in its environment. */
    CommandResult asApp(String script) throws IOException, InterruptedException {
        // Encoded: whatever is in it, no shell on the way has a say.
        String encoded = Base64.getEncoder().encodeToString(script.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return guest.sh(
                "f=$(mktemp) && base64 -d <<<" + encoded + " >$f && chmod 644 $f && as-app env SSH_AUTH_SOCK="
                        + SSH_SOCKET + " bash $f; s=$?; rm -f $f; exit $s",
                PATIENCE);
    }

    /** The same, on a thread of its own: for what waits for the user. */
    CompletableFuture<CommandResult> starting(String script) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return asApp(script);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new CompletionException(e);
                    }
                },
                Executors.newVirtualThreadPerTaskExecutor());
    }

    /** The bytes of a file of the user's. */
    byte[] read(String file) throws IOException, InterruptedException {
        return Base64.getMimeDecoder().decode(asApp("base64 " + file).orThrow().output());
    }
}
