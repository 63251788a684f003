// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A secret key as {@code gpg --with-colons --list-secret-keys} shows it; the form is told in GnuPG's doc/DETAILS.
 *
 * @param fingerprint of the main key
 * @param parts       the main key and its subkeys
 */
record KeyListing(String fingerprint, List<Part> parts) {
    private static final int VALIDITY = 1;
    private static final int LENGTH_LEAST = 15;
    private static final int FINGERPRINT = 9;
    private static final int CAPABILITIES = 11;
    private static final int TOKEN = 14;

    /**
     * The main key or a subkey.
     *
     * @param valid        whether it has neither expired nor been revoked or disabled
     * @param capabilities letters of what it can do itself: {@code s}, {@code e}, {@code a}, {@code c}
     * @param token        {@code +} if the secret is here, {@code #} if it is not, or the serial number of the card that has it
     */
    record Part(boolean valid, String capabilities, String token) {
        boolean can(char letter) {
            return valid && !token.equals("#") && capabilities.indexOf(letter) >= 0;
        }

        boolean isOnCard() {
            return !token.equals("+") && !token.equals("#");
        }
    }

    KeyListing {
        parts = List.copyOf(parts);
    }

    /** Empty if there is no secret key in it. */
    static Optional<KeyListing> of(Stream<String> lines) {
        var parts = new ArrayList<Part>();
        String fingerprint = "";
        for (String line : lines.toList()) {
            String[] fields = line.split(":", -1);
            switch (fields[0]) {
                case "sec", "ssb" -> {
                    if (fields.length >= LENGTH_LEAST) {
                        parts.add(new Part(
                                !List.of("e", "r", "d", "i").contains(fields[VALIDITY]),
                                fields[CAPABILITIES],
                                fields[TOKEN].isEmpty() ? "+" : fields[TOKEN]));
                    }
                }
                case "fpr" -> {
                    if (fingerprint.isEmpty() && fields.length > FINGERPRINT) {
                        fingerprint = fields[FINGERPRINT];
                    }
                }
                default -> {
                    // User ids, keygrips, and what gpg remarks in between.
                }
            }
        }
        return parts.isEmpty() || fingerprint.isEmpty()
                ? Optional.empty()
                : Optional.of(new KeyListing(fingerprint, parts));
    }

    boolean can(char letter) {
        return parts.stream().anyMatch(part -> part.can(letter));
    }

    /** Whether a part that cannot certify does it: its hashes are of nothing but what this letter says. */
    boolean canWithoutCertifying(char letter) {
        return parts.stream()
                .anyMatch(part -> part.can(letter) && part.capabilities().indexOf('c') < 0);
    }

    Optional<String> card() {
        return parts.stream().filter(Part::isOnCard).map(Part::token).findFirst();
    }
}
