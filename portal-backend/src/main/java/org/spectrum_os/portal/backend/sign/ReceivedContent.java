// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.sign.content.ContentViews;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.consent.contract.KeyQuestion;

/** Content that goes by: its length, its hashes, and its beginning. Not thread-safe. */
final class ReceivedContent {
    /** Bytes of the beginning that are looked at and shown. */
    static final int HEAD = 64 * 1024;

    private final MessageDigest sha256 = digest("SHA-256");
    /** Only where it is signed: hashing is most of the work on large content. */
    private final @Nullable MessageDigest sha512;

    private final byte[] head = new byte[HEAD];
    private int headBytes;
    private long bytes;

    /**
     * @param forSsh whether {@link #sha512} will be wanted
     */
    ReceivedContent(boolean forSsh) {
        sha512 = forSsh ? digest("SHA-512") : null;
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + name, e);
        }
    }

    /** Takes what comes next; {@code piece} stays as it is. */
    void add(ByteBuffer piece) {
        bytes += piece.remaining();
        sha256.update(piece.duplicate());
        if (sha512 != null) {
            sha512.update(piece.duplicate());
        }
        int kept = Math.min(HEAD - headBytes, piece.remaining());
        piece.duplicate().get(head, headBytes, kept);
        headBytes += kept;
    }

    long bytes() {
        return bytes;
    }

    /** Whether all of it is in {@link #head}. */
    boolean isWhole() {
        return bytes == headBytes;
    }

    byte[] head() {
        return Arrays.copyOf(head, headBytes);
    }

    /** What the user is shown. To be called once, when all has been added. */
    KeyQuestion.Subject.Content subject(@Nullable ClaimedText origin, @Nullable ClaimedText namespace) {
        return new KeyQuestion.Subject.Content(
                bytes,
                HexFormat.of().formatHex(sha256.digest()),
                ContentViews.of(head(), !isWhole()),
                origin,
                namespace);
    }

    /** To be called once, when all has been added. */
    byte[] sha512() {
        if (sha512 == null) {
            throw new IllegalStateException("this hash was not wanted");
        }
        return sha512.digest();
    }

    /** What it is in a few words, for the audit log. */
    static String claim(KeyQuestion.Subject.Content content) {
        String what = switch (content.view()) {
            case ContentView.GitCommit commit ->
                "git commit \"" + commit.subject().shown() + "\"";
            case ContentView.GitTag tag -> "git tag \"" + tag.name().shown() + "\"";
            case ContentView.Text _ -> "text of " + content.bytes() + " bytes";
            case ContentView.Data _ -> "data of " + content.bytes() + " bytes";
        };
        // Which bytes they were, whatever they said.
        return what + ", SHA-256 " + content.sha256();
    }
}
