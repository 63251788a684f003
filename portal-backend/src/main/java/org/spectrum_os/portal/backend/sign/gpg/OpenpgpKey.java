// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.gpg;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.spectrum_os.portal.keys.gpg.Keygrip;

/**
 * An OpenPGP key with its subkeys, as gpg lists it.
 *
 * @param userIds as they stand in the key ring: anybody can have written them
 * @param parts   the primary key first
 */
public record OpenpgpKey(List<String> userIds, List<Part> parts) {
    public OpenpgpKey {
        userIds = List.copyOf(userIds);
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a key without a primary key");
        }
    }

    /** The keys in what {@code gpg --with-colons --with-keygrip} lists, in its order; what makes no sense in it is passed over. */
    public static List<OpenpgpKey> listed(String colons) {
        return KeyListing.parse(colons);
    }

    /** The primary key's. */
    public String fingerprint() {
        return parts.getFirst().fingerprint();
    }

    /**
     * The primary key or a subkey.
     *
     * @param fingerprint  upper-case hexadecimal
     * @param capabilities of this part: {@code s}ign, {@code c}ertify, {@code e}ncrypt, {@code a}uthenticate
     * @param usable       whether it is neither revoked, expired, disabled nor invalid, and its secret is there
     * @param created      seconds since 1970
     */
    public record Part(String fingerprint, Keygrip keygrip, String capabilities, boolean usable, long created) {
        public boolean can(char capability) {
            return capabilities.indexOf(capability) >= 0;
        }
    }

    /** The part that gpg would sign data with: the newest usable signing subkey, else the primary key. */
    public Optional<Part> signingPart() {
        Optional<Part> subkey = parts.stream()
                .skip(1)
                .filter(part -> part.usable() && part.can('s'))
                .max(Comparator.comparingLong(Part::created));
        return subkey.isPresent()
                ? subkey
                : Optional.of(parts.getFirst()).filter(part -> part.usable() && part.can('s'));
    }

    /** Whether somebody who names a key like this means this one: a fingerprint or key id of any part, or words of a user id. */
    public boolean isMeantBy(String name) {
        String wanted = name.endsWith("!") ? name.substring(0, name.length() - 1) : name;
        String hex = (wanted.startsWith("0x") ? wanted.substring(2) : wanted)
                .replace(" ", "")
                .toUpperCase(Locale.ROOT);
        if (hex.length() >= 8 && hex.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            return parts.stream().anyMatch(part -> part.fingerprint().endsWith(hex));
        }
        String mail =
                wanted.startsWith("<") && wanted.endsWith(">") ? wanted.substring(1, wanted.length() - 1) : wanted;
        String words = mail.toLowerCase(Locale.ROOT);
        return userIds.stream().anyMatch(id -> id.toLowerCase(Locale.ROOT).contains(words));
    }
}
