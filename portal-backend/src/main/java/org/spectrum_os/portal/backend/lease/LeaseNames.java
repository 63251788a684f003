// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Names of leases: what is lent, in letters that need no quoting, and a part that nobody can guess. Thread-safe. */
final class LeaseNames {
    private static final int SLUG_CHARS = 40;
    private static final int RANDOM_CHARS = 4;
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
    private static final String NAMELESS = "file";

    private final RandomGenerator random = new SecureRandom();

    /** Names for what the user lends. */
    Supplier<String> forLoan(String fileName) {
        String slug = slug(fileName);
        // Should many names of one stem be taken, a longer random part finds a free one soon.
        int[] tries = {0};
        return () -> slug + "-" + random(RANDOM_CHARS + Math.min(16, tries[0]++ / 8));
    }

    /** Names for what the policy gives: the plainest that is free, so that it is the same after each start. */
    Supplier<String> forPolicy(String fileName, String instance) {
        String slug = slug(fileName);
        Iterator<String> plain = List.of(slug, slug + "-" + cut(hyphenated(instance), 64 - SLUG_CHARS - 1))
                .iterator();
        Supplier<String> otherwise = forLoan(fileName);
        return () -> plain.hasNext() ? plain.next() : otherwise.get();
    }

    /** A file's name without its extension, in lower-case letters, digits and single hyphens. */
    static String slug(String fileName) {
        int dot = fileName.lastIndexOf('.');
        String slug = cut(hyphenated(dot > 0 ? fileName.substring(0, dot) : fileName), SLUG_CHARS);
        return slug.isEmpty() ? NAMELESS : slug;
    }

    private static String hyphenated(String text) {
        // Letters with marks are still those letters.
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKD).replaceAll("\\p{M}+", "");
        return plain.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }

    private static String cut(String text, int most) {
        return (text.length() > most ? text.substring(0, most) : text).replaceAll("-$", "");
    }

    private String random(int length) {
        var letters = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return letters.toString();
    }
}
