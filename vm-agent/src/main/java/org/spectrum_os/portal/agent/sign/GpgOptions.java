// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import java.util.Set;

/** Long options of gpg(1) by what they mean where a signature is made by the host; those that say what to sign, and how, are elsewhere. */
final class GpgOptions {
    /** Without a value, and without a bearing on a signature that is made elsewhere. */
    static final Set<String> IDLE = Set.of(
            "always-trust",
            "auto-check-trustdb",
            "batch",
            "disable-dirmngr",
            "disable-fd-translation",
            "emit-version",
            "enable-progress-filter",
            "escape-from-lines",
            "exit-on-status-write-error",
            "expert",
            "gnupg",
            "lock-multiple",
            "lock-never",
            "lock-once",
            "no",
            "no-ask-sig-expire",
            "no-auto-check-trustdb",
            "no-auto-key-locate",
            "no-auto-key-retrieve",
            "no-autostart",
            "no-batch",
            "no-comments",
            "no-default-keyring",
            "no-emit-version",
            "no-encrypt-to",
            "no-expert",
            "no-for-your-eyes-only",
            "no-greeting",
            "no-include-key-block",
            "no-options",
            "no-permission-warning",
            "no-random-seed-file",
            "no-secmem-warning",
            "no-sk-comments",
            "no-symkey-cache",
            "no-throw-keyids",
            "no-tty",
            "no-use-agent",
            "no-utf8-strings",
            "no-verbose",
            "no-version",
            "openpgp",
            "sk-comments",
            "use-agent",
            "utf8-strings",
            "verbose");

    /** The same with a value: where the guest's own gpg finds things, or what the host's gpg decides by its own configuration. */
    static final Set<String> IDLE_WITH_VALUE = Set.of(
            "agent-program",
            "charset",
            "command-fd",
            "compliance",
            "compress-algo",
            "compress-level",
            "display",
            "display-charset",
            "homedir",
            "input-size-hint",
            "keyring",
            "lc-ctype",
            "lc-messages",
            "options",
            "personal-compress-preferences",
            "personal-digest-preferences",
            "pinentry-mode",
            "primary-keyring",
            "secret-keyring",
            "sender",
            "trust-model",
            "ttyname",
            "ttytype",
            "xauthority");

    /** They would change what the signature says, which is not for the guest to say. */
    static final Set<String> IMPOSSIBLE = Set.of("for-your-eyes-only", "include-key-block", "not-dash-escaped");

    static final Set<String> IMPOSSIBLE_WITH_VALUE = Set.of(
            "comment",
            "default-sig-expire",
            "faked-system-time",
            "passphrase",
            "passphrase-fd",
            "passphrase-file",
            "set-filename",
            "set-notation",
            "set-policy-url",
            "sig-keyserver-url",
            "sig-notation",
            "sig-policy-url");

    static final Set<String> DIGESTS = Set.of("sha256", "sha384", "sha512", "sha3-256", "sha3-512", "h8", "h9", "h10");

    private GpgOptions() {}
}
