// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A policy by which the guest may ask for operations with keys that it does not have. Nothing of it is written before {@link #write}; the
 * same may be written again, changed, over the one that a backend runs with.
 */
final class KeyPolicy {
    /** The instance that holds keys, in the policies of {@link #withVault}. */
    static final String VAULT = "vault";

    private final Stage stage;
    private final List<String> rules = new ArrayList<>();
    private int answerWithin = 120;
    private int denialMemory;
    private boolean vault;

    KeyPolicy(Stage stage) {
        this.stage = stage;
    }

    /** One more key, by a rule as {@link KeyRing#rule} makes it. */
    KeyPolicy key(String rule) {
        rules.add(rule);
        return this;
    }

    /** Takes the rules about that key away. */
    KeyPolicy without(String fingerprint) {
        rules.removeIf(rule -> rule.contains(fingerprint));
        return this;
    }

    /** A key of the vault, by its fingerprint. */
    KeyPolicy vaultKey(String fingerprint, String more) {
        vault = true;
        String kind = fingerprint.startsWith("SHA256:") ? "ssh" : "gpg";
        return key("{\"%s\": \"%s\", \"vm\": \"%s\", %s}".formatted(kind, fingerprint, VAULT, more));
    }

    /** For how long a question waits. */
    KeyPolicy answerWithin(int seconds) {
        answerWithin = seconds;
        return this;
    }

    /** For how long a denial counts for what is asked again; 0, which is the default here, asks each time. */
    KeyPolicy rememberDenials(int seconds) {
        denialMemory = seconds;
        return this;
    }

    /** Where the vault's vsock daemon has its socket. */
    static Path vaultSocket(Stage stage) {
        return stage.folder().resolve(VAULT).resolve("vm.vsock");
    }

    /** With a second instance, {@link #VAULT}, that holds keys. */
    KeyPolicy withVault() {
        vault = true;
        return this;
    }

    /** Writes it. */
    Path write() throws IOException {
        if (vault) {
            stage.own(Files.createDirectories(stage.folder().resolve(VAULT)));
        }
        String second = vault
                ? ", \"%s\": {\"colour\": \"#813d9c\", \"link\": {\"unix\": \"%s\"}, \"rules\": {}, \"holds-keys\": true}"
                        .formatted(VAULT, vaultSocket(stage))
                : "";
        return stage.write("""
                {
                  "version": 1,
                  "phrase": "%s",
                  "consent": {"answer-within-seconds": %d, "denial-memory-seconds": %d, "denial-memory-most-seconds": %d},
                  "instances": {
                    "%s": {"colour": "#1a5fb4", "link": {"unix": "%s"}, "rules": {"file": "ask"}, "keys": [
                      %s
                    ]}%s
                  }
                }
                """.formatted(
                        Stage.PHRASE,
                        answerWithin,
                        denialMemory,
                        denialMemory,
                        Stage.INSTANCE,
                        stage.folder().resolve("vm/vm.vsock"),
                        String.join(",\n      ", rules),
                        second));
    }
}
