// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.Map;
import java.util.Optional;
import org.spectrum_os.portal.store.lease.Resource;

/**
 * One use of one key that an instance does not have, without the user being asked each time.
 *
 * @param fingerprint as the policy names the key
 * @param use         what for
 * @param seen        whether only of content that this host sees
 */
public record KeyLoan(String fingerprint, KeyUse use, boolean seen) implements Lent {
    private static final String USE = "use";
    private static final String SEEN = "seen";

    @Override
    public String fileName() {
        return use.word() + "-"
                + fingerprint.replaceAll("[^A-Za-z0-9]", "").substring(Math.max(0, fingerprint.length() - 16));
    }

    @Override
    public Resource toResource() {
        return new Resource(Resource.KEY, fingerprint, Map.of(USE, use.word(), SEEN, Boolean.toString(seen)));
    }

    @Override
    public boolean isOrBecomes(Lent other) {
        return equals(other);
    }

    /** The opposite of {@link #toResource}; empty if it is not of this kind, or is damaged. */
    public static Optional<KeyLoan> of(Resource resource) {
        String word = resource.details().get(USE);
        if (!resource.kind().equals(Resource.KEY) || word == null) {
            return Optional.empty();
        }
        for (KeyUse use : KeyUse.values()) {
            if (use.word().equals(word)) {
                return Optional.of(new KeyLoan(
                        resource.name(), use, "true".equals(resource.details().get(SEEN))));
            }
        }
        return Optional.empty();
    }
}
