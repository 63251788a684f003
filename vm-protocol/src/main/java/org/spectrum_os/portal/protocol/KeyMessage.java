// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is said on a connection about keys. Each connection is for one thing, named by its first message, an {@link Ask}; the other side
 * answers {@link Ready} or {@link Refused}. What follows depends on the ask. On {@link Ports#KEYS} a guest asks and the host answers, on
 * {@link Ports#VAULT} the host asks a VM that holds keys.
 */
public sealed interface KeyMessage {
    /** The version of what is said here; both sides must speak the same. */
    int VERSION = 1;

    /** The first message of a connection. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = GpgAgent.class, name = "gpg-agent"),
        @JsonSubTypes.Type(value = SshAgent.class, name = "ssh-agent"),
        @JsonSubTypes.Type(value = PublicKeys.class, name = "public-keys"),
        @JsonSubTypes.Type(value = SignOpenpgp.class, name = "sign-openpgp"),
        @JsonSubTypes.Type(value = SignSsh.class, name = "sign-ssh")
    })
    sealed interface Ask extends KeyMessage {
        /** What the asker speaks, {@link #VERSION}. */
        int version();
    }

    /** To be a gpg-agent: after {@link Ready} the Assuan protocol follows, the answerer greeting first. */
    record GpgAgent(int version) implements Ask {}

    /** To be an ssh-agent: after {@link Ready} the ssh-agent protocol follows. */
    record SshAgent(int version) implements Ask {}

    /**
     * The public keys of all keys that may be used: after {@link Ready} they follow as OpenPGP data (binary, as {@code gpg --export} makes
     * it), then its end, then {@link Keys}. A VM that holds keys sends those of all its secret keys.
     */
    record PublicKeys(int version) implements Ask {}

    /** A request to sign content that follows as data; answered by {@link Signed} or {@link Failed} after the content's end. */
    sealed interface Sign extends Ask {
        /** Which key, in the words of the one who asks, as {@code gpg -u} or {@code user.signingKey} would name it; empty for any. */
        Untrusted<String> key();

        /** Where the content comes from, such as a repository; may be empty. */
        Untrusted<String> origin();
    }

    /**
     * An OpenPGP signature. What the host's gpg writes is sent back as data while it writes it.
     *
     * @param armour whether it is to be readable text; a clear-text signature always is
     */
    record SignOpenpgp(int version, Untrusted<String> key, Form form, boolean armour, Untrusted<String> origin)
            implements Sign {
        /** What is made of the content. */
        public enum Form {
            /** A signature by itself, of the bytes as they are. */
            DETACHED,
            /** A signature by itself, of text: line ends do not count. */
            DETACHED_TEXT,
            /** The content as readable text with a signature around it. */
            CLEAR,
            /** The content and its signature in one OpenPGP message. */
            INLINE
        }
    }

    /**
     * An SSH signature ({@code SSHSIG}), armoured.
     *
     * @param namespace what it is to be valid for, as {@code ssh-keygen -Y sign -n}: 1 to 256 printable ASCII characters after validation
     */
    record SignSsh(int version, Untrusted<String> key, Untrusted<String> namespace, Untrusted<String> origin)
            implements Sign {}

    /** The answers. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Ready.class, name = "ready"),
        @JsonSubTypes.Type(value = Refused.class, name = "refused"),
        @JsonSubTypes.Type(value = Received.class, name = "received"),
        @JsonSubTypes.Type(value = Signed.class, name = "signed"),
        @JsonSubTypes.Type(value = Failed.class, name = "failed"),
        @JsonSubTypes.Type(value = Keys.class, name = "keys")
    })
    sealed interface Answer extends KeyMessage {}

    /** Go on. */
    record Ready() implements Answer {}

    /** Nothing of that kind is offered here; the connection closes. {@code explanation} says no more than the asker may know. */
    record Refused(String explanation) implements Answer {}

    /** So many bytes of the content have been received and hashed; said now and then, for a display of progress. */
    record Received(long bytes) implements Answer {}

    /**
     * The signature is made, and all of it has been sent.
     *
     * @param status for OpenPGP the words behind gpg's status keyword {@code SIG_CREATED}, such as
     *               {@code D 22 10 00 1764360000 <fingerprint>}; for SSH empty
     */
    record Signed(String status) implements Answer {
        private static final Pattern STATUS =
                Pattern.compile("|[DSC] [0-9]{1,3} [0-9]{1,3} [0-9A-Fa-f]{2} [0-9T]{1,20} [0-9A-F]{40}([0-9A-F]{24})?");

        public Signed {
            if (!STATUS.matcher(status).matches()) {
                throw new IllegalArgumentException("not what SIG_CREATED says");
            }
        }
    }

    /** There will be no signature. */
    record Failed(Why why) implements Answer {}

    /** Why there is no signature; says nothing of keys that may not be used. */
    enum Why {
        /** The user, or the policy in the user's name, said no. */
        DENIED,
        /** Nobody answered in time. */
        EXPIRED,
        /** No key of that name may be used for this. */
        NO_KEY,
        /** The host's own programs failed; the host's log says how. */
        HOST_FAILED
    }

    /**
     * Whose secret keys are behind what was sent.
     *
     * @param fingerprints of primary keys, upper-case hexadecimal, at most {@link #MOST_KEYS}
     */
    record Keys(List<String> fingerprints) implements Answer {
        public static final int MOST_KEYS = 256;
        private static final Pattern FINGERPRINT = Pattern.compile("[0-9A-F]{40}([0-9A-F]{24})?");

        public Keys {
            fingerprints = Limits.bounded(fingerprints, MOST_KEYS, "keys");
            if (!fingerprints.stream().allMatch(one -> FINGERPRINT.matcher(one).matches())) {
                throw new IllegalArgumentException("not a fingerprint");
            }
        }
    }
}
