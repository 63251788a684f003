// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.gpg;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.keys.gpg.Keygrip;

/**
 * Reads what {@code gpg --with-colons --with-keygrip} lists (GnuPG's doc/DETAILS). Lines and fields that it does not know are passed over, as
 * that page asks for; a key that lacks what is needed here is left out.
 */
final class KeyListing {
    private static final int VALIDITY = 1;
    private static final int CREATED = 5;
    private static final int TEXT = 9;
    private static final int CAPABILITIES = 11;
    private static final int TOKEN = 14;
    /** Revoked, expired, disabled, invalid, not valid. */
    private static final String BAD = "redin";

    private final List<OpenpgpKey> keys = new ArrayList<>();
    private final List<String> userIds = new ArrayList<>();
    private final List<OpenpgpKey.Part> parts = new ArrayList<>();
    private @Nullable Started part;
    private boolean primaryBad;

    /** A part whose fingerprint and keygrip are on the lines that follow. */
    private static final class Started {
        private final String capabilities;
        private final boolean usable;
        private final long created;
        private @Nullable String fingerprint;
        private @Nullable Keygrip keygrip;

        Started(String capabilities, boolean usable, long created) {
            this.capabilities = capabilities;
            this.usable = usable;
            this.created = created;
        }
    }

    private KeyListing() {}

    /** The keys of a listing, in its order. */
    static List<OpenpgpKey> parse(String listing) {
        var reading = new KeyListing();
        listing.lines().forEach(line -> reading.line(line.split(":", -1)));
        reading.endKey();
        return List.copyOf(reading.keys);
    }

    private void line(String[] fields) {
        switch (fields[0]) {
            case "sec", "pub" -> {
                endKey();
                primaryBad = bad(fields);
                part = started(fields);
            }
            case "ssb", "sub" -> {
                endPart();
                part = started(fields);
            }
            case "fpr" -> {
                if (part != null && part.fingerprint == null) {
                    part.fingerprint = field(fields, TEXT);
                }
            }
            case "grp" -> {
                if (part != null && field(fields, TEXT).matches("[0-9A-F]{40}")) {
                    part.keygrip = new Keygrip(field(fields, TEXT));
                }
            }
            case "uid" -> {
                if (!bad(fields)) {
                    userIds.add(unescaped(field(fields, TEXT)));
                }
            }
            default -> {}
        }
    }

    private static boolean bad(String[] fields) {
        String validity = field(fields, VALIDITY);
        return !validity.isEmpty() && BAD.indexOf(validity.charAt(0)) >= 0;
    }

    private Started started(String[] fields) {
        // A token of "#" says that the secret is not there. In a listing of public keys there is none.
        boolean usable = !primaryBad && !bad(fields) && !field(fields, TOKEN).equals("#");
        String created = field(fields, CREATED);
        return new Started(
                // Upper-case letters sum up the whole key.
                field(fields, CAPABILITIES).replaceAll("[^a-z]", ""),
                usable,
                created.matches("[0-9]{1,12}") ? Long.parseLong(created) : 0);
    }

    private static String field(String[] fields, int index) {
        return index < fields.length ? fields[index] : "";
    }

    private void endPart() {
        Started ended = part;
        part = null;
        if (ended != null
                && ended.fingerprint != null
                && ended.keygrip != null
                && ended.fingerprint.matches("[0-9A-F]{40}([0-9A-F]{24})?")) {
            parts.add(new OpenpgpKey.Part(
                    ended.fingerprint, ended.keygrip, ended.capabilities, ended.usable, ended.created));
        }
    }

    private void endKey() {
        endPart();
        if (!parts.isEmpty()) {
            keys.add(new OpenpgpKey(userIds, parts));
        }
        parts.clear();
        userIds.clear();
    }

    /** Colons, control characters and the like stand as {@code \xNN}. */
    private static String unescaped(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(text.length() * 4);
        for (int at = 0; at < text.length(); ) {
            if (text.startsWith("\\x", at)
                    && at + 4 <= text.length()
                    && text.substring(at + 2, at + 4).matches("[0-9A-Fa-f]{2}")) {
                bytes.put((byte) Integer.parseInt(text.substring(at + 2, at + 4), 16));
                at += 4;
            } else {
                int codePoint = text.codePointAt(at);
                bytes.put(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
                at += Character.charCount(codePoint);
            }
        }
        return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }
}
