// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * May a VM have the result of one operation with this key?
 *
 * @param operation what is done
 * @param key       with which key
 * @param subject   with what, as far as it is known
 * @param again     what the policy lets the user allow besides, or null if nothing: the same once more without being asked
 */
public record KeyQuestion(
        Operation operation,
        Key key,
        Subject subject,
        @JsonSetter(nulls = Nulls.SET) @Nullable Again again) implements Question {

    public KeyQuestion {
        boolean fits = switch (subject) {
            case Subject.Content _, Subject.UnseenHash _, Subject.UnseenSshSignature _ -> operation == Operation.SIGN;
            case Subject.UnseenCiphertext _ -> operation == Operation.DECRYPT;
            case Subject.Login _ -> operation == Operation.LOG_IN;
        };
        if (!fits) {
            throw new IllegalArgumentException("nothing to " + operation);
        }
    }

    /** What can be done with a key. */
    public enum Operation {
        SIGN,
        DECRYPT,
        /** Prove to a server, by SSH, to be the key's owner. */
        LOG_IN
    }

    /**
     * A key, in the words of the host's own key ring.
     *
     * @param name        its first user id or its comment, made safe; may be empty
     * @param fingerprint 40 or 64 upper-case hexadecimal digits, or {@code SHA256:} and base64
     * @param subkey      of the part that does it, if that is not the main one; else null
     * @param vault       the VM that holds it, or null for this computer
     */
    public record Key(
            ClaimedText name,
            String fingerprint,
            @JsonSetter(nulls = Nulls.SET) @Nullable String subkey,
            @JsonSetter(nulls = Nulls.SET) @Nullable String vault) {
        private static final Pattern FINGERPRINT =
                Pattern.compile("[0-9A-F]{40}([0-9A-F]{24})?|SHA256:[A-Za-z0-9+/]{43}");

        public Key {
            if (!FINGERPRINT.matcher(fingerprint).matches()
                    || (subkey != null && !FINGERPRINT.matcher(subkey).matches())) {
                throw new IllegalArgumentException("not a fingerprint");
            }
            if (vault != null) {
                ContractLimits.oneLine(vault, ContractLimits.LABEL_CODE_POINTS, "a vault's name");
            }
        }
    }

    /** What is signed, decrypted or proved. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Subject.Content.class, name = "content"),
        @JsonSubTypes.Type(value = Subject.UnseenHash.class, name = "unseen-hash"),
        @JsonSubTypes.Type(value = Subject.UnseenSshSignature.class, name = "unseen-ssh-signature"),
        @JsonSubTypes.Type(value = Subject.UnseenCiphertext.class, name = "unseen-ciphertext"),
        @JsonSubTypes.Type(value = Subject.Login.class, name = "login")
    })
    public sealed interface Subject {
        /**
         * Bytes that the host has, hashed itself and will sign, and nothing else.
         *
         * @param bytes     how many
         * @param sha256    of all of them, 64 lower-case hexadecimal digits
         * @param view      what they look like
         * @param origin    where the guest says they come from, or null if it does not
         * @param namespace for an SSH signature what it will be valid for, else null
         */
        record Content(
                long bytes,
                String sha256,
                ContentView view,
                @JsonSetter(nulls = Nulls.SET) @Nullable ClaimedText origin,
                @JsonSetter(nulls = Nulls.SET) @Nullable ClaimedText namespace)
                implements Subject {
            public Content {
                if (bytes < 0) {
                    throw new IllegalArgumentException(bytes + " bytes");
                }
                hex(sha256, 64, 64);
            }
        }

        /**
         * A hash that the guest names; of what, only the guest knows.
         *
         * @param algorithm such as {@code SHA-256}
         * @param hash      lower-case hexadecimal
         */
        record UnseenHash(String algorithm, String hash) implements Subject {
            public UnseenHash {
                ContractLimits.token(algorithm, "a hash algorithm");
                hex(hash, 32, 128);
            }
        }

        /** As {@link UnseenHash}, in an SSH signature that is valid for {@code namespace} alone. */
        record UnseenSshSignature(ClaimedText namespace, String algorithm, String hash) implements Subject {
            public UnseenSshSignature {
                ContractLimits.token(algorithm, "a hash algorithm");
                hex(hash, 32, 128);
            }
        }

        /** Something encrypted; what is in it, only the guest will know. */
        record UnseenCiphertext() implements Subject {}

        /**
         * A login by SSH.
         *
         * @param user      the account that the guest names
         * @param host      what this computer's list of known hosts calls the server, or null if it is not in it
         * @param hostKey   fingerprint of the server's key, proved by the server itself; null if the guest's ssh did not say
         * @param forwarded whether it was asked for by an agent that was forwarded through that server
         */
        record Login(
                ClaimedText user,
                @JsonSetter(nulls = Nulls.SET) @Nullable ClaimedText host,
                @JsonSetter(nulls = Nulls.SET) @Nullable String hostKey,
                boolean forwarded)
                implements Subject {
            public Login {
                if (hostKey != null && !Key.FINGERPRINT.matcher(hostKey).matches()) {
                    throw new IllegalArgumentException("not a host key's fingerprint");
                }
                if (host != null && hostKey == null) {
                    throw new IllegalArgumentException("a server that is known by no key");
                }
            }
        }

        private static void hex(String text, int least, int most) {
            if (text.length() < least
                    || text.length() > most
                    || !text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                throw new IllegalArgumentException("not a hash in hexadecimal");
            }
        }
    }

    /**
     * The same operation with the same key by the same VM, whatever the content, without being asked. Off unless the user ticks it.
     *
     * @param uses    so many times after this one, 1 to 1000, or 0 if it goes by time
     * @param seconds for so long, 1 to 86400, or 0 if it goes by uses
     */
    public record Again(int uses, int seconds) {
        public static final int MOST_USES = 1000;
        public static final int MOST_SECONDS = 86_400;

        public Again {
            if (uses < 0
                    || uses > MOST_USES
                    || seconds < 0
                    || seconds > MOST_SECONDS
                    || (uses == 0) == (seconds == 0)) {
                throw new IllegalArgumentException("again " + uses + " times or " + seconds + " s");
            }
        }
    }

    @Override
    public Optional<String> objectionTo(FromWindow.Yes answer) {
        return switch (answer) {
            case FromWindow.Agreed(long _, boolean more) ->
                more && again == null ? Optional.of("agreed to more than was asked") : Optional.empty();
            case FromWindow.Chosen _, FromWindow.Picked _ -> Optional.of("something chosen where a key was asked for");
        };
    }

    /** Each is an operation of its own. */
    @Override
    public boolean isShareable() {
        return false;
    }
}
